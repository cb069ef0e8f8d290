# A sentinel is the same program under another name (mode.h).
set_property(GLOBAL APPEND PROPERTY STRATA_PRODUCT_NAMES strata-sentinel)
