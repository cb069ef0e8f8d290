// What COMMAND DOCS tells of CLUSTER and its subcommands.
#pragma once

namespace strata::resp {
class CommandTable;
}

namespace strata::cluster {

void document_cluster_command(resp::CommandTable& commands);

}  // namespace strata::cluster
