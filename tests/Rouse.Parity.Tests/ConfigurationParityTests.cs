using System.Collections.Generic;
using System.IO;
using System.Linq;
using Rouse.Harness;
using Rouse.Parity.Tests.Runner;

namespace Rouse.Parity.Tests;

/// <summary>What a configuration, right or wrong, brings up. The wording of diagnostics is each program's own.</summary>
public sealed class ConfigurationParityTests
{
    [Theory]
    [InlineData("disable = no", "served")]
    [InlineData("disable = yes", "off")]
    [InlineData("disable = yes; port = nonsense", "off")]
    [InlineData("disable = perhaps", "off")]
    [InlineData("colour = red", "served")]
    [InlineData("instances = many", "off")]
    [InlineData("nice = x", "off")]
    [InlineData("user = no-such-user-here", "off")]
    [InlineData("group = no-such-group-here", "off")]
    [InlineData("server = relative/path", "off")]
    [InlineData("server = /nonexistent/server", "off")]
    [InlineData("server = /etc/passwd", "off")]
    [InlineData("server = /tmp", "off")]
    [InlineData("socket_type = nonsense", "off")]
    [InlineData("protocol = nonsense", "off")]
    [InlineData("wait = perhaps", "off")]
    [InlineData("flags = NONSENSE", "off")]
    [InlineData("flags = REUSE", "served")]
    [InlineData("type = NONSENSE", "off")]
    [InlineData("umask = 9", "off")]
    [InlineData("access_times = 9:00-8:00", "off")]
    [InlineData("access_times = 25:00-26:00", "off")]
    [InlineData("log_type = NONSENSE", "off")]
    [InlineData("log_type = FILE /tmp/x 500 100", "off")]
    [InlineData("log_on_success = NONSENSE", "off")]
    [InlineData("env = NOEQUALS", "off")]
    [InlineData("env -= A=1", "off")]
    [InlineData("instances += 5", "served")]
    [InlineData("banner = relative", "served")]
    [InlineData("bind = 1.2.3.4.5.6", "off")]
    [InlineData("rlimit_cpu = x", "off")]
    [InlineData("deny_time = x", "off")]
    [InlineData("enabled = subject", "served")]
    [InlineData("mdns = yes", "served")]
    [InlineData("flags = NORETRY", "served")]
    [InlineData("flags = NOLIBWRAP", "served")]
    [InlineData("libwrap = in.other", "served")]
    [InlineData("start = on-demand", "served")]
    [InlineData("#rouse: start = on-demand", "served")]
    [InlineData("backend = 127.0.0.1 1", "served")]
    [InlineData("idle_timeout = 5", "served")]
    [InlineData("start_timeout = 5", "served")]
    [InlineData("wake = data", "served")]
    public void A_line_leaves_its_service_on_or_off(string lines, string effect) => Comparison.Same(
        scene => Effect(scene, lines),
        $"subject: {effect}\nneighbour: served");

    [Fact]
    public void Flags_are_words_of_any_case() => Comparison.Same(
        scene => Effect(scene, "flags = reuse KeepAlive"),
        "subject: served\nneighbour: served");

    // Each must be kept apart from the lines above: here the two programs part.
    [Theory]
    [InlineData("per_source = 10 20", "served", "off")]
    [InlineData("instances = 5 6", "served", "off")]
    [InlineData("nice = 5 6", "served", "off")]
    [InlineData("nice =", "served", "off")]
    [InlineData("cps = 5", "served", "off")]
    [InlineData("only_from = 127.0.0.1 nonsense..name", "served", "off")]
    [InlineData("no_access = nonsense..name", "served", "off")]
    [InlineData("max_load = inf", "served", "off")]
    [InlineData("max_load = nan", "served", "off")]
    public void A_limit_or_rule_that_cannot_be_understood_fails_closed(string lines, string original, string ours) => Comparison.Differs(
        "the original drops the limit or rule and serves everybody",
        scene => Effect(scene, lines),
        $"subject: {original}\nneighbour: served",
        $"subject: {ours}\nneighbour: served");

    [Theory]
    [InlineData("per_source = 10 # text", "served")]
    [InlineData("disable = no # text", "served")]
    [InlineData("rlimit_cpu = 20 #text", "served")]
    public void A_comment_after_a_value_costs_no_service(string line, string effect) => Comparison.Same(
        scene => Effect(scene, line),
        $"subject: {effect}\nneighbour: served");

    [Theory]
    [InlineData("disable = yes # text")]
    [InlineData("instances = 0 # text")]
    public void A_value_with_a_comment_after_it_holds(string line) => Comparison.Differs(
        "D-013: the original ignores the line",
        scene => Effect(scene, line),
        "subject: served\nneighbour: served",
        "subject: off\nneighbour: served");

    [Theory]
    [InlineData("nice=5")]
    [InlineData("nice 5")]
    [InlineData("nice +")]
    [InlineData("nice := 5")]
    public void A_line_that_is_no_attribute_drops_the_whole_service(string line) => Comparison.Same(
        scene => Effect(scene, line),
        "subject: off\nneighbour: served");

    [Fact]
    public void A_bare_word_before_the_closing_brace_drops_its_own_service_only() => Comparison.Differs(
        "the original takes the next service for a part of the broken one",
        scene => Effect(scene, "nice"),
        "subject: off\nneighbour: off",
        "subject: off\nneighbour: served");

    [Theory]
    [InlineData("socket_type")]
    [InlineData("wait")]
    [InlineData("user")]
    [InlineData("server")]
    [InlineData("port")]
    public void A_required_attribute_that_is_missing_leaves_the_service_out(string attribute) => Comparison.Same(
        scene =>
        {
            int subject = scene.NewPort(), neighbour = scene.NewPort();
            string stanza = Stanza.Stream("subject", subject, "server = " + scene.Probe);
            string without = string.Concat(stanza.Split('\n').Where(line => !line.StartsWith($"    {attribute} ")).Select(line => line + "\n"));
            scene.Start(without + Stanza.BuiltIn("daytime", neighbour, "stream"));
            scene.Note("subject", Serves(subject));
            scene.Note("neighbour", Serves(neighbour));
        },
        $"subject: {(attribute == "socket_type" ? "served" : "off")}\nneighbour: served");

    [Fact]
    public void The_first_of_an_attribute_set_twice_stays() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.Start(Stanza.Stream("world", port, "server = " + scene.Probe, "nice = 3", "nice = 4"));
            scene.AskWorld("world", port, "nice");
        },
        """
        world nice: 3
        """);

    [Fact]
    public void Comments_and_blank_lines_are_skipped_and_words_are_split_at_blanks() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.Start(
                "# first\n\n   # indented\n\t\n" +
                Stanza.Stream("world", port, "# inside", "", "server\t=\t" + scene.Probe, "server_args =   world\tx   y  ", "   # again"));
            scene.AskWorld("world", port, "argv");
        },
        """
        world argv: 0 probe
        world argv: 1 world
        world argv: 2 x
        world argv: 3 y
        """);

    [Fact]
    public void An_entry_cut_off_by_the_end_of_file_is_dropped() => Comparison.Same(
        scene =>
        {
            int whole = scene.NewPort(), cut = scene.NewPort();
            string stanza = Stanza.BuiltIn("daytime", cut, "stream", "id = cut");
            scene.Start(Stanza.BuiltIn("daytime", whole, "stream", "id = whole") + stanza[..stanza.LastIndexOf('}')]);
            scene.Note("whole", Serves(whole));
            scene.Note("cut", Serves(cut));
        },
        """
        whole: served
        cut: off
        """);

    [Fact]
    public void Nonsense_at_top_level_is_skipped_to_the_next_closing_brace() => Comparison.Same(
        scene =>
        {
            int before = scene.NewPort(), swallowed = scene.NewPort(), after = scene.NewPort();
            scene.Start(
                Stanza.BuiltIn("daytime", before, "stream", "id = before")
                + "nonsense here\n"
                + Stanza.BuiltIn("daytime", swallowed, "stream", "id = swallowed")
                + Stanza.BuiltIn("daytime", after, "stream", "id = after"));
            scene.Note("before", Serves(before));
            scene.Note("swallowed", Serves(swallowed));
            scene.Note("after", Serves(after));
        },
        """
        before: served
        swallowed: off
        after: served
        """);

    [Fact]
    public void Included_files_and_folders_are_read_in_the_originals_order_and_by_its_rules() => Comparison.Same(
        scene =>
        {
            string[] names = ["b-service", "a-service", "with.dot", "backup~", "Z-service", "#hash", ".hidden"];
            Scratch scratch = scene.Stage.Scratch;
            int[] ports = [.. names.Select(_ => scene.NewPort())];
            foreach ((string name, int port) in names.Zip(ports))
            {
                scratch.Write("d/" + name, Stanza.BuiltIn("daytime", port, "stream", "id = from-" + name.Trim('#', '~', '.')));
            }

            Directory.CreateDirectory(scratch["d/folder"]);
            int included = scene.NewPort();
            scratch.Write("one", Stanza.BuiltIn("daytime", included, "stream", "id = one"));
            scene.Start($"include {scratch["one"]}\ninclude {scratch["missing"]}\nincludedir {scratch["d"]}\nincludedir {scratch["nowhere"]}\n");
            foreach ((string name, int port) in names.Zip(ports))
            {
                scene.Note(name, Serves(port));
            }

            scene.Note("include", Serves(included));
        },
        """
        b-service: served
        a-service: served
        with.dot: off
        backup~: off
        Z-service: served
        #hash: served
        .hidden: off
        include: served
        """);

    [Fact]
    public void A_second_defaults_in_a_file_is_ignored() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.Start(Stanza.Defaults("umask = 077") + Stanza.Defaults("umask = 007") + Stanza.Stream("world", port, "server = " + scene.Probe));
            scene.AskWorld("world", port, "umask");
        },
        """
        world umask: 077
        """);

    [Theory]
    [InlineData("enabled = a c", "a c")]
    [InlineData("enabled =", "")]
    [InlineData("disabled = a c", "b d")]
    [InlineData("enabled = a b; disabled = b", "a")]
    [InlineData("enabled = a off", "a")]
    [InlineData("enabled = a nonsense", "a")]
    public void Enabled_and_disabled_lists_choose_services_by_id(string lists, string served) => Comparison.Same(
        scene =>
        {
            string[] ids = ["a", "b", "c", "d", "off"];
            int[] ports = [.. ids.Select(_ => scene.NewPort())];
            scene.Start(
                Stanza.Defaults(lists.Split("; "))
                + string.Concat(ids.Zip(ports).Select(
                    pair => Stanza.BuiltIn("daytime", pair.Second, "stream", "id = " + pair.First, pair.First == "off" ? "disable = yes" : "disable = no"))));
            scene.Note("served", string.Join(' ', ids.Zip(ports).Where(pair => Serves(pair.Second) == "served").Select(pair => pair.First)));
        },
        $"served: {served}".TrimEnd(' '));

    [Fact]
    public void A_listed_service_must_have_its_official_port() => Comparison.Same(
        scene =>
        {
            // No listed service is started: its official port belongs to the machine. The wrong port alone is to be seen.
            int wrong = scene.NewPort(), neighbour = scene.NewPort();
            scene.Start(
                Stanza.Stream("ftp", wrong, "type =", "server = " + scene.Probe).Replace("    type =\n", "")
                + Stanza.BuiltIn("daytime", neighbour, "stream"));
            scene.Note("wrong", Serves(wrong));
            scene.Note("neighbour", Serves(neighbour));
            scene.Note("said", scene.Daemon.CountLog("port 21") > 0 ? "the official port" : string.Join('\n', scene.Daemon.Log));
        },
        """
        wrong: off
        neighbour: served
        said: the official port
        """);

    [Fact]
    public void A_service_without_an_entry_of_its_name_must_be_unlisted() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort(), neighbour = scene.NewPort();
            scene.Start(
                Stanza.Stream("no-such-service-name", port, "type =", "server = " + scene.Probe).Replace("    type =\n", "")
                + Stanza.BuiltIn("daytime", neighbour, "stream"));
            scene.Note("subject", Serves(port));
            scene.Note("neighbour", Serves(neighbour));
        },
        """
        subject: off
        neighbour: served
        """);

    [Fact]
    public void Of_two_services_with_one_id_the_first_stays() => Comparison.Same(
        scene =>
        {
            int first = scene.NewPort(), second = scene.NewPort();
            scene.Start(
                Stanza.BuiltIn("daytime", first, "stream", "id = same") + Stanza.BuiltIn("time", second, "stream", "id = same"));
            scene.Note("first", Serves(first));
            scene.Note("second", Serves(second));
        },
        """
        first: served
        second: off
        """);

    [Fact]
    public void Of_two_services_on_one_port_and_address_the_first_stays() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.Start(
                Stanza.BuiltIn("daytime", port, "stream", "id = first") + Stanza.BuiltIn("time", port, "stream", "id = second"));
            scene.Note("answer", Peer.Ask(port).Length > 4 ? "daytime" : "time");
        },
        """
        answer: daytime
        """);

    [Fact]
    public void A_port_may_serve_two_addresses() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.Start(
                Stanza.BuiltIn("daytime", port, "stream", "id = first", "bind = 127.0.0.1")
                + Stanza.BuiltIn("time", port, "stream", "id = second", "bind = 127.0.0.2"));
            scene.Note("127.0.0.1", Peer.Ask(port).Length > 4 ? "daytime" : "time");
            scene.Note("127.0.0.2", Peer.Ask(port, to: "127.0.0.2").Length > 4 ? "daytime" : "time");
        },
        """
        127.0.0.1: daytime
        127.0.0.2: time
        """);

    [Fact]
    public void A_wrong_value_in_defaults_ends_the_start() => Comparison.Differs(
        "a start that failed is no success: ours exits with 1",
        scene =>
        {
            Daemon daemon = scene.Stage.Launch(Stanza.Defaults("instances = many") + Stanza.BuiltIn("daytime", scene.NewPort(), "stream"));
            scene.Note("exit", daemon.ExitCode().ToString());
            scene.Note("names the value", daemon.CountLog("many") > 0 ? "yes" : "no");
        },
        """
        exit: 0
        names the value: yes
        """,
        """
        exit: 1
        names the value: yes
        """);

    [Fact]
    public void A_configuration_that_cannot_be_read_ends_the_start() => Comparison.Same(
        scene =>
        {
            string[] line = [.. Subjects.CommandLine(scene.Stage.Subject), "-dontfork", "-f", scene.Stage.Scratch["missing"], "-filelog", scene.Stage.Scratch["log"]];
            CommandResult result = Command.Run(line[0], line[1..]);
            scene.Note("exit", result.ExitCode.ToString());
            string said = (File.Exists(scene.Stage.Scratch["log"]) ? File.ReadAllText(scene.Stage.Scratch["log"]) : "") + result.Error;
            scene.Note("names the file", said.Contains(scene.Stage.Scratch["missing"]) ? "yes" : said);
        },
        """
        exit: 1
        names the file: yes
        """);

    [Fact]
    public void LABELED_without_SELinux_leaves_the_service_out() => Comparison.Differs(
        "D-060: the original starts such a service and closes every connection",
        scene =>
        {
            int port = scene.NewPort();
            scene.Start(
                Stanza.Stream("subject", port, "server = " + scene.Probe, "flags = LABELED")
                + Stanza.BuiltIn("daytime", scene.NewPort(), "stream"));
            scene.Note("listens", ProcFs.IsListening(port) ? "yes" : "no");
            scene.Note("answer", ProcFs.IsListening(port) ? Peer.Ask(port) : "");
        },
        """
        listens: yes
        answer: (closed)
        """,
        """
        listens: no
        answer:
        """);

    [Fact]
    public void An_ipv6_flag_on_an_ipv4_address_never_listens_wider() => Comparison.Differs(
        "the original listens on every address",
        scene =>
        {
            int port = scene.NewPort(), neighbour = scene.NewPort();
            scene.Start(
                Stanza.BuiltIn("daytime", port, "stream", "bind = 127.0.0.1", "flags = IPv6") + Stanza.BuiltIn("daytime", neighbour, "stream", "id = neighbour"));
            scene.Note("127.0.0.1", Peer.CanConnect(port) ? "served" : "off");
            scene.Note("127.0.0.2", Peer.CanConnect(port, "127.0.0.2") ? "served" : "off");
            scene.Note("::1", Peer.CanConnect(port, "::1") ? "served" : "off");
            scene.Note("neighbour", Serves(neighbour));
        },
        """
        127.0.0.1: served
        127.0.0.2: served
        ::1: served
        neighbour: served
        """,
        """
        127.0.0.1: off
        127.0.0.2: off
        ::1: off
        neighbour: served
        """);

    private static void Effect(Scene scene, string lines)
    {
        int subject = scene.NewPort(), neighbour = scene.NewPort();
        scene.Start(
            Stanza.Stream("subject", subject, [.. Usual(scene, lines), .. lines.Split("; ")]) + Stanza.BuiltIn("daytime", neighbour, "stream"));
        scene.Note("subject", Serves(subject));
        scene.Note("neighbour", Serves(neighbour));
    }

    private static IEnumerable<string> Usual(Scene scene, string lines) => lines.StartsWith("server ") ? [] : ["server = " + scene.Probe];

    private static string Serves(int port) => ProcFs.IsListening(port) && Peer.Ask(port).Length > 10 ? "served" : "off";
}
