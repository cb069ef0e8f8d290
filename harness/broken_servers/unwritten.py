"""A starter with nothing done yet: it listens, but can neither read a request nor answer one."""

import mini


class Connection(mini.Connection):
    told = False

    def next_command(self):
        if not Connection.told:
            print("# TODO 1.10: this task is not written yet\n# TODO 1.2: this task is not written yet", flush=True)
        Connection.told = True


mini.run(Connection)
