"""The words of the generated pages, by language."""

from harness.handbook.option_meanings import MEANINGS

_GROUPS = ("bitmap", "cluster", "connection", "generic", "geo", "hash", "hyperloglog", "list", "pubsub", "scripting", "sentinel",
           "server", "set", "sorted-set", "stream", "string", "transactions")

WORDS = {
    "en": {
        "commands": "Commands",
        "commands_intro": "Asked of the servers of all stages: {} commands and subcommands. `arity` counts the command's name; a "
        "negative one means \"at least\". `stage` is the first whose server has the command. COMMAND DOCS tells the arguments "
        "and a summary of each. What differs from Redis is in [Deviations](deviations.md), what is missing in "
        "[Compatibility](compatibility.md).\n\nThis page is generated: `./strata docs --update`.",
        "command_heads": ["command", "arity", "flags", "complexity", "stage"],
        "groups": dict(zip(_GROUPS, ("Bitmaps", "Cluster", "Connections", "Keys of any type", "Geo", "Hashes", "HyperLogLog", "Lists",
                                     "Publish and subscribe", "Scripts and functions", "Sentinel (in a sentinel only)", "Server", "Sets",
                                     "Sorted sets", "Streams", "Strings", "Transactions"))),
        "options": "Options",
        "options_intro": "All that `CONFIG GET *` names, with its default. `stage` is the first in which the option has an effect; "
        "before it, it is accepted, checked and shown. \"At the start\" means that CONFIG SET is refused; \"protected\", that "
        "CONFIG SET is refused unless `enable-protected-configs` allows it. Every option of a redis.conf for 7.0.15 is "
        "known; a line that is not stops the start, with the file and the line.\n\nThis page is generated: `./strata docs "
        "--update`.",
        "option_heads": ["option", "default", "stage", "change", "meaning"],
        "old_name": "the old name of `{}`",
        "meanings": {},  # as they are in the sources
        "of_the_run": "(set by this run)",
        "empty": "(empty)",
        "fixed": {"immutable": "at the start", "protected": "protected"},
        "inert": "Accepted without effect",
        "inert_intro": "These are accepted and checked, so that a configuration written for Redis loads; CONFIG GET shows them; nothing "
        "acts upon them in any stage. The TLS options are an exception: set, they are refused at the start "
        "([Deviations](deviations.md)).",
        "info": "Fields of INFO",
        "info_intro": "Asked of the servers of all stages with INFO everything: with a key, with `appendonly yes`, as a master, as a "
        "replica, as a sentinel. Fields that are there for a moment only, while an image is loaded or sent, are not in the "
        "tables. `stage` is the first whose server shows the field.\n\nThis page is generated: `./strata docs --update`.",
        "info_heads": ["field", "stage", "in Redis 7.0.15"],
        "only_here": "no",
        "compatibility": "Compatibility with Redis 7.0.15",
        "compatibility_intro": "Measured: our newest server and redis-server 7.0.15 are asked the same things. How replies differ on "
        "purpose, and why, is in [Deviations](deviations.md). This page is generated: `./strata docs --update`.",
        "by_group": "Commands by group",
        "group_heads": ["group", "in Redis", "here"],
        "absent_commands": "Commands that are not here:",
        "absent_options": "Options that CONFIG GET does not name here:",
        "absent_fields": "Fields of INFO that are not here:",
        "none": "none.",
        "tables": "What servers say of themselves",
        "tables_intro": "COMMAND INFO and COMMAND DOCS of every command, in RESP2 and RESP3: types, names, arities, flags, categories, "
        "key positions, argument trees, all but the prose. CONFIG GET * of both: names and defaults. The runs are "
        "`python3 -m harness.differential.command_table` and `python3 -m harness.differential.config_table`.",
        "table_heads": ["table", "compared", "different"],
        "table_rows": {"commands": "commands and subcommands", "options": "options"},
        "families": "Random commands",
        "families_intro": "Random commands of one family go to both servers; every reply is compared byte for byte, at the end of each "
        "episode the whole keyspace too (seed {seed}; see `harness/differential/README.md`). Longer runs with other seeds "
        "are a command of their own.",
        "family_heads": ["family", "commands", "different"],
    },
    "zh": {
        "commands": "命令",
        "commands_intro": "由各阶段的服务器自己回答：共 {} 个命令与子命令。`arity` 把命令名计算在内，负数表示“至少”。“阶段”指最先具备该命令的"
        "阶段。COMMAND DOCS 给出参数与简介。与 Redis 的不同之处见[差异](deviations.md)，缺少的部分见[兼容性](compatibility.md)。\n\n"
        "本页由 `./strata docs --update` 生成。",
        "command_heads": ["命令", "参数个数", "标志", "复杂度", "阶段"],
        "groups": dict(zip(_GROUPS, ("位图", "集群", "连接", "通用键操作", "地理位置", "哈希", "HyperLogLog", "列表", "发布与订阅", "脚本与函数",
                                     "哨兵（仅在哨兵中）", "服务器", "集合", "有序集合", "流", "字符串", "事务"))),
        "options": "选项",
        "options_intro": "`CONFIG GET *` 列出的全部选项及默认值。“阶段”指选项最先生效的阶段；在此之前选项会被接受、检查并显示。“启动时”表示"
        "CONFIG SET 会被拒绝；“受保护”表示除非 `enable-protected-configs` 允许，否则 CONFIG SET 会被拒绝。7.0.15 的 redis.conf 中的每个选项"
        "都能识别；无法识别的行会让启动失败，并指出文件与行号。\n\n本页由 `./strata docs --update` 生成。",
        "option_heads": ["选项", "默认值", "阶段", "修改", "含义"],
        "old_name": "`{}` 的旧名",
        "meanings": MEANINGS,
        "of_the_run": "（由本次运行设定）",
        "empty": "（空）",
        "fixed": {"immutable": "启动时", "protected": "受保护"},
        "inert": "接受但不起作用的选项",
        "inert_intro": "这些选项会被接受和检查，因此为 Redis 编写的配置可以直接加载；CONFIG GET 会显示它们；任何阶段都不据此行事。TLS 选项是例外："
        "一旦设置，启动即被拒绝（见[差异](deviations.md)）。",
        "info": "INFO 字段",
        "info_intro": "向各阶段的服务器发送 INFO everything 得到：有一个键时、`appendonly yes` 时、作为主节点、作为从节点、作为哨兵。仅在加载或"
        "发送映像期间短暂出现的字段不在表中。“阶段”指最先显示该字段的阶段。\n\n本页由 `./strata docs --update` 生成。",
        "info_heads": ["字段", "阶段", "Redis 7.0.15 中"],
        "only_here": "无",
        "compatibility": "与 Redis 7.0.15 的兼容性",
        "compatibility_intro": "实测：对我们最新的服务器和 redis-server 7.0.15 提出同样的问题。有意为之的不同及其原因见[差异](deviations.md)。"
        "本页由 `./strata docs --update` 生成。",
        "by_group": "按组统计的命令",
        "group_heads": ["组", "Redis", "本项目"],
        "absent_commands": "本项目没有的命令：",
        "absent_options": "CONFIG GET 在本项目中不列出的选项：",
        "absent_fields": "本项目没有的 INFO 字段：",
        "none": "无。",
        "tables": "服务器对自身的描述",
        "tables_intro": "每个命令的 COMMAND INFO 与 COMMAND DOCS，RESP2 与 RESP3：类型、名称、参数个数、标志、类别、键位置、参数树，文字说明除外。"
        "双方的 CONFIG GET *：名称与默认值。运行方式：`python3 -m harness.differential.command_table` 与 "
        "`python3 -m harness.differential.config_table`。",
        "table_heads": ["表", "比较数", "不同"],
        "table_rows": {"commands": "命令与子命令", "options": "选项"},
        "families": "随机命令",
        "families_intro": "把同一族的随机命令发给两个服务器；逐字节比较每个回复，并在每个回合结束时比较整个键空间（种子 {seed}；见 "
        "`harness/differential/README.md`）。使用其他种子的更长运行是单独的命令。",
        "family_heads": ["族", "命令数", "不同"],
    },
}
