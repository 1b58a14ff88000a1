using System;
using System.IO;
using System.Linq;
using Rouse.Harness;

namespace Rouse.Functional.Tests;

/// <summary>What a daemon holds whose services are all started by their connections: nothing of what the other ways of starting need.</summary>
public sealed class IdleCostTests
{
    private const int StandardDescriptors = 3;

    // Whoever runs the tests may have left descriptors open.
    private const string CloseInherited =
        "for fd in /proc/$$/fd/*; do fd=${fd##*/}; if ((fd > 2)); then eval \"exec $fd>&-\"; fi; done; exec \"$@\"";

    // The daemon itself, and the runtime's thread for finalizers.
    private const int Threads = 2;

    [Fact]
    public void Without_another_way_of_starting_a_daemon_holds_a_known_list_of_descriptors_and_two_threads()
    {
        Subjects.OnlyOurs("the original's are others");
        using var stage = new Stage();
        int server = stage.NewPort();
        int echo = stage.NewPort();
        int datagrams = stage.NewPort();
        Daemon daemon = stage.Start(
            Stanza.Defaults(stage.LogToFile, "cps = 0 0", "instances = UNLIMITED", "per_source = UNLIMITED")
                + Stanza.Stream("server", server, "server = /bin/echo", "server_args = served")
                + Stanza.BuiltIn("daytime", echo, "stream")
                + Stanza.BuiltIn("daytime", datagrams, "dgram"),
            ["-control", stage.Scratch["control"]],
            ["bash", "-c", CloseInherited, "bash"]);

        // The logs of the daemon and of the services; the rules of tcp_wrappers are watched; /dev/null is kept in reserve for when no descriptor
        // is left. Three sockets of services, one for control.
        string[] expected =
        [
            "/dev/null", "/dev/urandom", stage.Scratch["daemon.log"], stage.ServiceLogPath, "anon_inode:[eventfd]", "anon_inode:[eventpoll]",
            "anon_inode:[signalfd]", "anon_inode:inotify", "socket", "socket", "socket", "socket",
        ];
        Wait.Until(() => ProcFs.IsListening(datagrams), () => "the last listener");
        Assert.Equal(expected.Order(StringComparer.Ordinal), Held(daemon));
        Assert.Equal(Threads, ThreadCount(daemon));
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal("served\n", Peer.Ask(server));
            Assert.EndsWith("UTC\r\n", Peer.Ask(echo));
        }

        Wait.Until(
            () => Held(daemon).SequenceEqual(expected.Order(StringComparer.Ordinal), StringComparer.Ordinal),
            () => "the descriptors as before, but: " + string.Join(", ", Held(daemon)));
        Assert.Equal(Threads, ThreadCount(daemon));
    }

    private static string[] Held(Daemon daemon) =>
    [
        .. ProcFs.Descriptors(daemon.Pid)
            .Where(pair => pair.Key >= StandardDescriptors)
            .Select(pair => pair.Value.Split(":[")[0] is "socket" ? pair.Value.Split(":[")[0] : pair.Value)
            .Order(StringComparer.Ordinal),
    ];

    private static int ThreadCount(Daemon daemon) => Directory.GetDirectories($"/proc/{daemon.Pid}/task").Length;
}
