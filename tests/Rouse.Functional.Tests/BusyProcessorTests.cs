using System;
using System.Diagnostics;
using System.Linq;
using System.Text.RegularExpressions;
using Rouse.Harness;

namespace Rouse.Functional.Tests;

/// <summary>
/// While other sessions keep every processor busy, a server waits for its first turn, and the daemon does not wait with it: many are on their
/// way at a time. Alone, because it holds up everything else.
/// </summary>
[Collection(Alone.Name)]
public sealed partial class BusyProcessorTests
{
    private const int AtOnce = 60;

    [Fact]
    public void A_server_gets_the_same_world_and_a_missing_program_is_told_all_the_same()
    {
        using Stage stage = new();
        int world = stage.NewPort();
        int missing = stage.NewPort();
        string gone = stage.Scratch["gone"];
        System.IO.File.Copy("/bin/true", gone);
        stage.Start(
            Stanza.Stream("world", world, $"server = {stage.Probe}", "server_args = world", "umask = 027", "env = WORD=word", "cps = 10000 1", "instances = UNLIMITED", "per_source = UNLIMITED", stage.LogToFile)
            + Stanza.Stream("missing", missing, $"server = {gone}", "log_on_success = EXIT", stage.LogToFile));
        string before = World(world);

        Process[] busy = [.. Enumerable.Range(0, Environment.ProcessorCount * 2).Select(_ => Busy())];
        try
        {
            for (int round = 0; round < 3; round++)
            {
                Peer[] peers = [.. Enumerable.Range(0, AtOnce).Select(_ => Peer.Connect(world))];
                Assert.All(peers, peer => Assert.Equal(before, Plain(peer.ReadToEnd())));
                Array.ForEach(peers, peer => peer.Dispose());
            }

            System.IO.File.Delete(gone);
            Assert.Equal("(closed)", Peer.Ask(missing));
            stage.Daemon.WaitForLog($"execv( {gone} ) failed: No such file or directory (errno = 2)");
            stage.WaitForServiceLog("EXIT: missing status=127");
        }
        finally
        {
            Array.ForEach(busy, process =>
            {
                process.Kill();
                process.WaitForExit();
                process.Dispose();
            });
        }
    }

    private static string World(int port) => Plain(Peer.Ask(port));

    private static string Plain(string told) => Own().Replace(Rouse.Harness.World.Parse(told).ToString(), "$1");

    // In a session of its own: the scheduler shares the processors between sessions first. It ends with us however we end.
    private static Process Busy()
    {
        Process process = new()
        {
            StartInfo = new ProcessStartInfo("setsid", ["sh", "-c", $"while kill -0 {Environment.ProcessId} 2>/dev/null; do :; done"]),
        };
        process.Start();
        return process;
    }

    // What is each server's own: its process, its session, its connection.
    [GeneratedRegex(@"(?m)^((?:pid|sid|pgid|pgrp|session|peer|starttime|fd \d+|fd)\b).*$")]
    private static partial Regex Own();
}
