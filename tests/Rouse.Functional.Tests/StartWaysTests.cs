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
