using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using Rouse.Harness;

namespace Rouse.Functional.Tests;

/// <summary>
/// Where the daemon may not make the code that starts servers without waiting for them, or a call of the kernel's is refused, servers are
/// started all the same, and find the same world.
/// </summary>
public sealed class StartWaysTests
{
    private const string Python = "/usr/bin/python3";

    // PR_SET_MDWE: what was written is never executed.
    private const string NoNewCode = "p(65, 1, 0, 0, 0)";

    // A seccomp filter that answers clone3 (435 of x86-64) with ENOSYS and lets everything else pass.
    private const string NoClone3 = "n, e = 435, 38\n" + Filter;

    // Its flags are younger than itself: some kernels answer close_range with EINVAL.
    private const string NoCloseRange = "n, e = 436, 22\n" + Filter;

    private const string Filter = """
        f = (ctypes.c_ulonglong * 4)(0x20, n << 32 | 0x01000015, (0x50000 | e) << 32 | 6, 0x7fff000000000006)
        class P(ctypes.Structure): _fields_ = [("n", ctypes.c_ushort), ("f", ctypes.c_void_p)]
        assert p(38, 1, 0, 0, 0) == 0 and p(22, 2, ctypes.byref(P(4, ctypes.addressof(f)))) == 0
        """;

    [Theory]
    [InlineData("what was written is not executed", NoNewCode)]
    [InlineData("there is no clone3", NoClone3)]
    [InlineData("there is no close_range", NoCloseRange)]
    [InlineData("neither code nor clone3", NoNewCode + "\n" + NoClone3)]
    public void Servers_find_the_same_world_and_failures_are_told(string name, string restriction)
    {
        Subjects.OnlyOurs("the code is ours: " + name);
        if (!File.Exists(Python))
        {
            Assert.Skip("there is no " + Python);
        }

        using Stage usual = new();
        using Stage restricted = new();
        Assert.Equal(Worlds(usual, Under("")), Worlds(restricted, Under(restriction)));
    }

    // The kernel lets nobody open the file, and so nobody execute it, until whoever has its lease lets go (fcntl(2), F_SETLEASE).
    private const string HoldLease = """
        import fcntl, os, signal, sys
        signal.signal(signal.SIGIO, signal.SIG_IGN)
        try: fcntl.fcntl(os.open(sys.argv[1], os.O_RDONLY), fcntl.F_SETLEASE, fcntl.F_WRLCK)
        except OSError as e: print(e, flush=True)
        else: print("held", flush=True)
        sys.stdin.read()
        """;

    /// <summary>As when its user's other processes stop it on its way.</summary>
    [Theory]
    [InlineData("on-demand", "")]
    [InlineData("on-demand", NoClone3)]
    [InlineData("resident", "")]
    [InlineData("resident", NoClone3)]
    public void A_server_that_does_not_get_to_its_program_holds_up_nobody_else(string start, string restriction)
    {
        Subjects.OnlyOurs("the original makes a copy of itself for each");
        if (!File.Exists(Python))
        {
            Assert.Skip("there is no " + Python);
        }

        using Stage stage = new();
        string program = stage.Scratch["program"];
        File.Copy("/bin/echo", program);
        using Process holder = Process.Start(new ProcessStartInfo(Python, ["-c", HoldLease, program])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        string? holds = holder.StandardOutput.ReadLine();
        if (holds != "held")
        {
            Assert.Skip("no lease of a file can be had here: " + holds);
        }

        int held = stage.NewPort();
        int time = stage.NewPort();
        stage.Start(
            Stanza.Stream("held", held, $"server = {program}", "server_args = served", $"start = {start}", start == "resident" ? "wait = yes" : "wait = no")
                + Stanza.BuiltIn("daytime", time, "stream"),
            wrapper: Under(restriction));
        using Peer waiting = Peer.Connect(held);
        for (int i = 0; i < 20; i++)
        {
            Assert.Contains(":", Peer.Ask(time));
        }

        Assert.False(holder.HasExited);
        holder.StandardInput.Close();
        holder.WaitForExit();
        if (start == "resident")
        {
            stage.Daemon.WaitForLog("its resident server (pid");
            stage.Daemon.WaitForLog("is started again in");
        }
        else
        {
            Assert.Equal("served\n", waiting.ReadToEnd());
        }
    }

    // Both by way of the same program, which leaves a variable in the environment.
    private static string[] Under(string restriction) =>
        [Python, "-c", $"import ctypes, os, sys\np = ctypes.CDLL(None).prctl\n{restriction}\nos.execv(sys.argv[1], sys.argv[1:])\n"];

    private static string Worlds(Stage stage, string[] wrapper)
    {
        int world = stage.NewPort();
        int missing = stage.NewPort();
        string gone = stage.Scratch["gone"];
        File.Copy("/bin/true", gone);
        stage.Start(
            Stanza.Stream("world", world, $"server = {stage.Probe}", "server_args = world", "umask = 027", "nice = 2", "env = WORD=word", "rlimit_cpu = 50")
                + Stanza.Stream("missing", missing, $"server = {gone}", "log_on_success = EXIT", stage.LogToFile),
            wrapper: wrapper);
        string told = Peer.Ask(world);
        File.Delete(gone);
        Assert.Equal("(closed)", Peer.Ask(missing));
        stage.Daemon.WaitForLog($"execv( {gone} ) failed: No such file or directory (errno = 2)");
        stage.WaitForServiceLog("EXIT: missing status=127");

        // Its own are the numbers of the process and of the connection, and whether new rights can be had, which the filter takes away.
        return string.Join('\n', World.Parse(told).ToString()!.Split('\n').Where(line => !Own(line)))
            .Replace(world.ToString(CultureInfo.InvariantCulture), "PORT");
    }

    private static bool Own(string line) =>
        new[] { "pid", "sid", "pgid", "pgrp", "session", "peer", "starttime", "fd", "NoNewPrivs" }.Any(word => line.StartsWith(word, System.StringComparison.Ordinal));
}
