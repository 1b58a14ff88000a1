using System;
using System.Linq;
using Rouse.Harness;
using Rouse.Parity.Tests.Runner;

namespace Rouse.Parity.Tests;

/// <summary>The world that a server wakes in: credentials, limits, arguments, environment, descriptors.</summary>
public sealed class ServerWorldParityTests
{
    private static readonly string[] Credentials = ["uid", "gid", "groups"];

    [Fact]
    public void The_usual_world() => Comparison.Same(
        scene =>
        {
            World world = World(scene);
            scene.Note("descriptors", world.Descriptors);
            scene.Note("one socket", world.DescriptorTargets is [string only] && only.StartsWith("socket:") ? "yes" : "no");
            scene.Note("blocking", world.All("nonblocking").Count == 0 ? "yes" : "no");
            foreach (string fact in new[]
                     {
                         "uid", "gid", "groups", "umask", "nice", "SigBlk", "SigIgn", "SigCgt", "session", "process-group", "terminal", "cwd",
                         "NoNewPrivs", "keepalive", "nodelay", "argv", "env",
                     })
            {
                scene.NoteAll(fact, world.All(fact));
            }
        },
        """
        descriptors: 0 1 2
        one socket: yes
        blocking: yes
        uid: 0 0 0
        gid: 0 0 0
        groups:
        umask: 022
        nice: 0
        SigBlk: 0000000000000000
        SigIgn: 0000000000000000
        SigCgt: 0000000000000000
        session: own
        process-group: own
        terminal: none
        cwd: /
        NoNewPrivs: 0
        keepalive: 0
        nodelay: 0
        argv: 0 probe
        env: PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
        env: HOME=/root
        env: LANG=C
        env: TZ=UTC0
        env: REMOTE_HOST=127.0.0.1
        """);

    [Fact]
    public void Resource_limits_are_the_daemons_with_all_descriptors_allowed() => Comparison.Same(
        scene =>
        {
            World world = World(scene);
            string files = ProcFs.Limit(scene.Daemon.Pid, "Max open files").Split(' ')[1];
            scene.Note("files", world["rlimit_files"] == $"{files} {files}" ? "the daemon's hard limit, twice" : world["rlimit_files"]);
            (string Fact, string Name)[] others =
            [
                ("rlimit_as", "Max address space"), ("rlimit_core", "Max core file size"), ("rlimit_cpu", "Max cpu time"),
                ("rlimit_data", "Max data size"), ("rlimit_rss", "Max resident set"), ("rlimit_stack", "Max stack size"),
            ];
            foreach ((string fact, string name) in others)
            {
                scene.Note(fact, world[fact] == ProcFs.Limit(scene.Daemon.Pid, name) ? "the daemon's" : world[fact]);
            }
        },
        """
        files: the daemon's hard limit, twice
        rlimit_as: the daemon's
        rlimit_core: the daemon's
        rlimit_cpu: the daemon's
        rlimit_data: the daemon's
        rlimit_rss: the daemon's
        rlimit_stack: the daemon's
        """);

    [Theory]
    [InlineData("user = nobody", "65534 65534 65534", "65534 65534 65534", "")]
    [InlineData("user = 65534", "65534 65534 65534", "65534 65534 65534", "")]
    [InlineData("user = daemon", "1 1 1", "1 1 1", "")]
    [InlineData("user = 4321", "4321 4321 4321", "4321 4321 4321", "")]
    [InlineData("user = nobody; group = daemon", "65534 65534 65534", "1 1 1", "")]
    [InlineData("user = nobody; group = 4322", "65534 65534 65534", "4322 4322 4322", "")]
    [InlineData("user = nobody; group = daemon; groups = yes", "65534 65534 65534", "1 1 1", "65534")]
    [InlineData("user = nobody; groups = yes", "65534 65534 65534", "65534 65534 65534", "65534")]
    [InlineData("user = nobody; groups = no", "65534 65534 65534", "65534 65534 65534", "")]
    [InlineData("user = root; group = daemon", "0 0 0", "1 1 1", "")]
    public void Credentials_are_the_users_and_groups(string lines, string uid, string gid, string groups) => Comparison.Same(
        scene =>
        {
            AsRoot.Needed();
            World world = World(scene, lines.Split("; "));
            foreach (string fact in Credentials)
            {
                scene.Note(fact, world[fact]);
            }
        },
        $"uid: {uid}\ngid: {gid}\ngroups: {groups}".TrimEnd(' '));

    [Fact]
    public void Groups_of_the_defaults_reach_every_service() => Comparison.Same(
        scene =>
        {
            AsRoot.Needed();
            int port = scene.NewPort();
            scene.Start(Stanza.Defaults("groups = yes") + Stanza.Stream("world", port, "server = " + scene.Probe, "user = nobody", "group = daemon"));
            scene.AskWorld("world", port, Credentials);
        },
        """
        world uid: 65534 65534 65534
        world gid: 1 1 1
        world groups: 65534
        """);

    [Theory]
    [InlineData("umask = 077", "umask", "077")]
    [InlineData("umask = 002", "umask", "002")]
    [InlineData("umask = 0", "umask", "000")]
    [InlineData("nice = 7", "nice", "7")]
    [InlineData("nice = -3", "nice", "-3")]
    [InlineData("rlimit_as = 512M", "rlimit_as", "536870912 536870912")]
    [InlineData("rlimit_as = UNLIMITED", "rlimit_as", "unlimited unlimited")]
    [InlineData("rlimit_as = 300000k", "rlimit_as", "307200000 307200000")]
    [InlineData("rlimit_as = 0", "rlimit_as", "unlimited unlimited")]
    [InlineData("rlimit_cpu = 20", "rlimit_cpu", "20 20")]
    [InlineData("rlimit_cpu = 0", "rlimit_cpu", "unlimited unlimited")]
    [InlineData("rlimit_cpu = UNLIMITED", "rlimit_cpu", "unlimited unlimited")]
    [InlineData("rlimit_data = UNLIMITED", "rlimit_data", "unlimited unlimited")]
    [InlineData("rlimit_rss = UNLIMITED", "rlimit_rss", "unlimited unlimited")]
    [InlineData("rlimit_stack = UNLIMITED", "rlimit_stack", "unlimited unlimited")]
    [InlineData("rlimit_data = 64M", "rlimit_data", "67108864 67108864")]
    [InlineData("rlimit_rss = 100K", "rlimit_rss", "102400 102400")]
    [InlineData("rlimit_stack = 4M", "rlimit_stack", "4194304 4194304")]
    [InlineData("rlimit_files = 33", "rlimit_files", "33 33")]
    [InlineData("flags = KEEPALIVE", "keepalive", "1")]
    [InlineData("flags = NODELAY", "nodelay", "1")]
    public void An_attribute_changes_one_fact(string line, string fact, string value) => Comparison.Same(
        scene =>
        {
            AsRoot.Needed();
            scene.NoteAll(fact, World(scene, line).All(fact));
        },
        $"{fact}: {value}");

    [Theory]
    [InlineData("0")]
    [InlineData("UNLIMITED")]
    [InlineData("2000000000")]
    public void A_limit_of_descriptors_that_nobody_can_have_leaves_the_daemons(string limit) => Comparison.Same(
        scene =>
        {
            AsRoot.Needed();
            string files = World(scene, "rlimit_files = " + limit)["rlimit_files"];
            string hard = ProcFs.Limit(scene.Daemon.Pid, "Max open files").Split(' ')[1];
            scene.Note("limit", files == $"{hard} {hard}" ? "the daemon's hard limit" : files);
        },
        "limit: the daemon's hard limit");

    [Fact]
    public void A_limit_of_descriptors_that_cannot_be_set_leaves_the_hard_one() => Comparison.Differs(
        "D-112: the original leaves the soft limit that it was started with",
        scene =>
        {
            AsRoot.Needed();
            int port = scene.NewPort();
            scene.Stage.Start(
                Stanza.Stream("world", port, "server = " + scene.Probe, "rlimit_files = 2000000000"),
                wrapper: ["sh", "-c", "ulimit -Sn 256 && ulimit -Hn 4096 && exec \"$@\"", "sh"]);
            scene.AskWorld("world", port, "rlimit_files");
        },
        "world rlimit_files: 256 4096",
        "world rlimit_files: 4096 4096");

    [Theory]
    [InlineData("", "user = 4321; groups = yes")]
    [InlineData("groups = yes", "user = 4321")]
    public void Groups_of_a_number_without_an_account(string defaults, string lines) => Comparison.Differs(
        "D-110: the original listens and closes every connection",
        scene =>
        {
            AsRoot.Needed();
            int port = scene.NewPort(), other = scene.NewPort();
            scene.Start(
                Stanza.Defaults(defaults) + Stanza.Stream("world", port, ["server = " + scene.Probe, .. lines.Split("; ")])
                + Stanza.BuiltIn("daytime", other, "stream"));
            scene.Ask("world", port);
        },
        "world: (closed)",
        "world: (refused)");

    [Fact]
    public void An_IPv4_peer_of_a_socket_for_both_families_is_one_of_an_IPv4_socket_for_the_server() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.Start(Stanza.Stream("world", port, "server = " + scene.Probe, "bind = ::"));
            foreach (string to in new[] { "127.0.0.1", "::1" })
            {
                World world = Harness.World.Parse(Peer.Ask(port, to: to));
                scene.Note("peer", world["peer"].Split(' ')[0]);
                scene.Note("local", world["local"].Split(' ')[0]);
                scene.Note("REMOTE_HOST", world.Env("REMOTE_HOST") ?? "(unset)");
            }
        },
        """
        peer: 127.0.0.1
        local: 127.0.0.1
        REMOTE_HOST: ::ffff:127.0.0.1
        peer: ::1
        local: ::1
        REMOTE_HOST: ::1
        """);

    [Fact]
    public void Umask_of_the_defaults_reaches_a_service_without_its_own() => Comparison.Same(
        scene =>
        {
            int inherits = scene.NewPort(), own = scene.NewPort();
            scene.Start(
                Stanza.Defaults("umask = 027")
                + Stanza.Stream("inherits", inherits, "server = " + scene.Probe)
                + Stanza.Stream("own", own, "server = " + scene.Probe, "umask = 077"));
            scene.AskWorld("inherits", inherits, "umask");
            scene.AskWorld("own", own, "umask");
        },
        """
        inherits umask: 027
        own umask: 077
        """);

    [Theory]
    [InlineData("", "probe")]
    [InlineData("server_args = world a b", "probe|world|a|b")]
    [InlineData("server_args = world \"two words\" 'x'", "probe|world|\"two|words\"|'x'")]
    [InlineData("server_args = world %h %% $HOME *", "probe|world|%h|%%|$HOME|*")]
    [InlineData("flags = NAMEINARGS; server_args = other world x", "other|world|x")]
    public void Arguments_are_words_as_written(string lines, string argv) => Comparison.Same(
        scene => scene.Note("argv", string.Join('|', World(scene, lines.Split("; ", StringSplitOptions.RemoveEmptyEntries)).Argv)),
        "argv: " + argv);

    [Theory]
    [InlineData("", "", "HOME=/root LANG=C PATH=usual TZ=UTC0")]
    [InlineData("", "env = A=1 B=two", "A=1 B=two HOME=/root LANG=C PATH=usual TZ=UTC0")]
    [InlineData("", "env = HOME=/elsewhere", "HOME=/elsewhere LANG=C PATH=usual TZ=UTC0")]
    [InlineData("", "env = A=1; env += B=2", "A=1 B=2 HOME=/root LANG=C PATH=usual TZ=UTC0")]
    [InlineData("", "passenv = HOME LANG", "HOME=/root LANG=C")]
    [InlineData("", "passenv =", "")]
    [InlineData("", "passenv =; env = A=1", "A=1")]
    [InlineData("", "passenv = HOME; env = A=1 HOME=/x", "A=1 HOME=/x")]
    [InlineData("passenv = HOME", "", "HOME=/root")]
    [InlineData("passenv = HOME", "passenv = LANG", "LANG=C")]
    [InlineData("passenv = HOME", "passenv += LANG", "HOME=/root LANG=C")]
    [InlineData("passenv = HOME LANG", "passenv -= HOME", "LANG=C")]
    [InlineData("passenv = HOME", "env = A=1", "A=1 HOME=/root")]
    [InlineData("", "passenv = UNDEFINED_HERE HOME", "HOME=/root")]
    public void The_environment_is_what_env_and_passenv_say(string defaults, string lines, string variables) => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.Start(
                (defaults.Length > 0 ? Stanza.Defaults(defaults) : "")
                + Stanza.Stream("world", port, [.. lines.Split("; ", StringSplitOptions.RemoveEmptyEntries), "server = " + scene.Probe]));
            World world = Harness.World.Parse(Peer.Ask(port));
            scene.Note("env", string.Join(' ', world.All("env").Where(line => !line.StartsWith("REMOTE_HOST=")).Order(StringComparer.Ordinal))
                .Replace("PATH=" + Command.Environment["PATH"], "PATH=usual"));
            scene.Note("last", world.All("env")[^1]);
        },
        $"env: {variables}".TrimEnd(' ') + "\nlast: REMOTE_HOST=127.0.0.1");

    private static World World(Scene scene, params string[] lines)
    {
        int port = scene.NewPort();
        scene.Start(Stanza.Stream("world", port, ["server = " + scene.Probe, .. lines]));
        return Harness.World.Parse(Peer.Ask(port));
    }
}
