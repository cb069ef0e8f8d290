MODULES = ["lists", "hashes", "sets", "sorted_sets", "bits", "hyperloglogs", "geo", "sort", "typed_keys",
           "transactions", "blocking", "effects",
           "scripts"]
