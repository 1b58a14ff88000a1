using System.Collections.Generic;
using System.IO;
using System.Linq;
using Rouse.Harness;

namespace Rouse.Parity.Tests.Runlevels;

/// <summary>Debian's insserv, which puts init scripts in order by their LSB headers, on a tree of the test's own: the judge of ours.</summary>
internal sealed class Insserv
{
    private readonly string[] _arguments;

    public Insserv(Scratch scratch, string facilities)
    {
        Tree = new ServiceTree(scratch, "judged");
        Directory.CreateDirectory(Tree.At("rcS.d"));

        // Without these it would read, and write, the machine's own.
        string state = scratch.NewFolder("insserv");
        Directory.CreateDirectory(Path.Combine(state, "conf.d"));
        _arguments =
        [
            "-c", scratch.Write("insserv/conf", facilities), "-o", Directory.CreateDirectory(Path.Combine(state, "overrides")).FullName,
            "-i", Directory.CreateDirectory(Path.Combine(state, "depend")).FullName, "-u", Path.Combine(state, "upstart"), "-p", Tree.At("init.d"),
        ];
    }

    public ServiceTree Tree { get; }

    /// <summary>Scripts with the levels of their headers, or NAME,start=2,3 with others.</summary>
    public CommandResult Enable(IEnumerable<string> scripts) =>
        Command.Run(Originals.Program("insserv", "sbin/insserv"), [.. _arguments, "-d", .. scripts]);

    public CommandResult EnableIn(string start, string stop, IEnumerable<string> scripts)
    {
        string levels = $",start={string.Join(',', start.ToCharArray())},stop={string.Join(',', stop.ToCharArray())}";
        return Command.Run(Originals.Program("insserv", "sbin/insserv"), [.. _arguments, .. scripts.Select(name => name + levels)]);
    }
}
