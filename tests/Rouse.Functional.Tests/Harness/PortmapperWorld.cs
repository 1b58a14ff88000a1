using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Text.RegularExpressions;

namespace Rouse.Harness;

/// <summary>
/// A network and mount namespace of its own with loopback and a real rpcbind (Debian's package). Programs run in it through
/// <see cref="Enter"/>. Disposing ends the rpcbind, and with its last process the namespace goes.
/// </summary>
internal sealed partial class PortmapperWorld : IDisposable
{
    // rpcbind gives up root for a user that a machine without the package does not have.
    private const string Setup =
        """
        ip link set lo up && mount -t tmpfs tmpfs /run && mkdir -p /run/rpcbind || exit 1
        { cat /etc/passwd; echo '_rpc:x:65533:65534::/run/rpcbind:/usr/sbin/nologin'; } > /run/passwd
        chown 65533 /run/rpcbind && mount --bind /run/passwd /etc/passwd || exit 1
        if [ "$1" = none ]; then shift; exec sleep 600; fi
        exec "$@"
        """;

    private readonly Process _holder;
    private Process? _rpcbind;

    public PortmapperWorld(bool running = true)
    {
        AsRoot.Needed();
        string rpcbind = Originals.Program("rpcbind", "sbin/rpcbind");
        _holder = Start("unshare", ["-n", "-m", "--", "sh", "-c", Setup, "setup", "none"]);
        Wait.Until(() => Command.Run("nsenter", [.. Enter[1..], "mountpoint", "-q", "/etc/passwd"]).ExitCode == 0, () => "a namespace of our own");
        if (running)
        {
            StartRpcbind(rpcbind);
        }
    }

    /// <summary>What a command line begins with to run in here.</summary>
    public string[] Enter => ["nsenter", "-t", $"{_holder.Id}", "-n", "-m", "--"];

    public void StartRpcbind() => StartRpcbind(Originals.Program("rpcbind", "sbin/rpcbind"));

    public void EndRpcbind()
    {
        if (_rpcbind is not null)
        {
            Signals.Send(_rpcbind.Id, Signal.Terminate);
            Assert.True(_rpcbind.WaitForExit(Wait.Bound), "rpcbind does not end");
            _rpcbind.Dispose();
            _rpcbind = null;
        }
    }

    /// <summary>What <c>rpcinfo -p</c> shows but for the portmapper itself: <c>300500 1 tcp 2000</c>.</summary>
    public IReadOnlyList<string> Table()
    {
        string rpcinfo = Originals.Program("rpcbind", "usr/bin/rpcinfo");
        string shown = Command.Run(Originals.Environment(), Command.Bound, "nsenter", [.. Enter[1..], rpcinfo, "-p"]).Text;
        return
        [
            .. shown.Split('\n').Select(line => Blanks().Replace(line.Trim(), " ")).Where(line => line.Length > 0 && char.IsDigit(line[0]) && !line.StartsWith("100000 "))
                .Select(line => string.Join(' ', line.Split(' ')[..4])).Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>Waits until the table without its ports is this.</summary>
    public void WaitFor(params string[] entries) => Wait.Until(
        () => Table().Select(WithoutPort).SequenceEqual(entries), () => $"the table {string.Join(", ", entries)}; it is {string.Join(", ", Table())}");

    public static string WithoutPort(string entry) => entry[..entry.LastIndexOf(' ')];

    public static int PortOf(string entry) => int.Parse(entry[(entry.LastIndexOf(' ') + 1)..]);

    public void Dispose()
    {
        EndRpcbind();
        Signals.Send(_holder.Id, Signal.Kill);
        _holder.WaitForExit(TimeSpan.FromSeconds(5));
        _holder.Dispose();
    }

    private void StartRpcbind(string rpcbind)
    {
        _rpcbind = Start("nsenter", [.. Enter[1..], rpcbind, "-f"]);
        Wait.Until(
            () => Command.Run(Originals.Environment(), Command.Bound, "nsenter", [.. Enter[1..], Originals.Program("rpcbind", "usr/bin/rpcinfo"), "-p"]).ExitCode == 0,
            () => "rpcbind's answer");
    }

    private static Process Start(string program, string[] arguments)
    {
        var process = new Process { StartInfo = Command.Describe(program, arguments, Originals.Environment()) };
        process.Start();
        process.StandardInput.Close();
        return process;
    }

    [GeneratedRegex(" +")]
    private static partial Regex Blanks();
}
