using System;
using System.Linq;
using System.Text.RegularExpressions;
using Rouse.Harness;
using Rouse.Parity.Tests.Runner;

namespace Rouse.Parity.Tests;

/// <summary>What the built-in services answer (RFC 862 to 868), over TCP and UDP.</summary>
public sealed class BuiltInParityTests
{
    // Whose pid a built-in service has is a case of its own.
    private const string NoPid = "log_on_success = HOST EXIT DURATION";

    [Fact]
    public void Stream_echo_returns_all_bytes_until_the_end() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(Stanza.BuiltIn("echo", port, "stream", NoPid));
            scene.Ask("bytes", port, "a\0\r\n\u00ffz", halfClose: true);
            scene.Stage.WaitForServiceLog("EXIT");
            scene.Ask("nothing", port, "", halfClose: true);
            scene.Stage.WaitForServiceLog("EXIT", 2);
            string large = string.Concat(Enumerable.Range(0, 60_000).Select(i => $"{i} "));
            scene.Note("large", Peer.Ask(port, large, halfClose: true) == large ? "same" : "different");
            scene.NoteServiceLog("EXIT", 3);
        },
        """
        bytes: a\x00\r\n\xffz
        nothing: (closed)
        large: same
        log: START: echo-stream from=127.0.0.1
        log: EXIT: echo-stream status=0 duration=<short>(sec)
        log: START: echo-stream from=127.0.0.1
        log: EXIT: echo-stream status=0 duration=<short>(sec)
        log: START: echo-stream from=127.0.0.1
        log: EXIT: echo-stream status=0 duration=<short>(sec)
        """);

    [Fact]
    public void Stream_discard_reads_and_says_nothing() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(Stanza.BuiltIn("discard", port, "stream", NoPid));
            scene.Ask("discard", port, new string('x', 300_000), halfClose: true);
            scene.NoteServiceLog("EXIT");
        },
        """
        discard: (closed)
        log: START: discard-stream from=127.0.0.1
        log: EXIT: discard-stream status=0 duration=<short>(sec)
        """);

    [Fact]
    public void Stream_daytime_is_a_line_in_the_originals_form() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(Stanza.BuiltIn("daytime", port, "stream"));
            scene.Note("daytime", Shape(Peer.Ask(port)));
            scene.Note("right", IsNow(Peer.Ask(port)));
            scene.NoteServiceLog("START", 2);
        },
        """
        daytime: 99 AAA 9999 99:99:99 AAA\r\n
        right: yes
        log: START: daytime-stream pid=0 from=127.0.0.1
        log: START: daytime-stream pid=0 from=127.0.0.1
        """);

    [Fact]
    public void Stream_time_is_four_bytes_since_1900() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(Stanza.BuiltIn("time", port, "stream"));
            scene.Note("time", Seconds(Peer.Ask(port)));
            scene.NoteServiceLog("START");
        },
        """
        time: now
        log: START: time-stream pid=0 from=127.0.0.1
        """);

    [Fact]
    public void Stream_chargen_turns_its_ring() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(Stanza.BuiltIn("chargen", port, "stream", NoPid));
            using (Peer peer = Peer.Connect(port))
            {
                string[] lines = peer.Read(74 * 200).Split("\r\n");
                foreach (int i in new[] { 0, 1, 22, 23, 92, 93, 94, 199 })
                {
                    scene.Note($"line {i}", lines[i]);
                }
            }

            // The original's child ends by itself or of a broken pipe, as it happens.
            scene.Stage.WaitForServiceLog("EXIT", 1);
            scene.NoteAll("log", scene.Stage.ServiceLog.Select(line => line.Replace("signal=13", "status=0")));
        },
        """
        line 0: !"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_`abcdefgh
        line 1: "#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_`abcdefghi
        line 22: 789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_`abcdefghijklmnopqrstuvwxyz{|}!
        line 23: 89:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_`abcdefghijklmnopqrstuvwxyz{|}!"
        line 92: }!"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_`abcdefg
        line 93: !"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_`abcdefgh
        line 94: "#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_`abcdefghi
        line 199: *+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_`abcdefghijklmnopq
        log: START: chargen-stream from=127.0.0.1
        log: EXIT: chargen-stream status=0 duration=<short>(sec)
        """);

    [Fact]
    public void Datagram_echo_returns_the_datagram() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(Stanza.BuiltIn("echo", port, "dgram"));
            using var peer = new DatagramPeer(port);
            scene.Note("one", peer.Ask("one"));
            Scene.LetSocketBeEmptied();
            scene.Note("two", peer.Ask("t\0w\u00ffo"));
            Scene.LetSocketBeEmptied();
            string large = new('x', 1400);
            scene.Note("large", peer.Ask(large).Length.ToString());
            scene.NoteServiceLog("START", 3);
        },
        """
        one: one
        two: t\x00w\xffo
        large: 1400
        log: START: echo-dgram pid=0 from=127.0.0.1
        log: START: echo-dgram pid=0 from=127.0.0.1
        log: START: echo-dgram pid=0 from=127.0.0.1
        """);

    [Fact]
    public void Datagram_daytime_and_time_answer_any_datagram() => Comparison.Same(
        scene =>
        {
            int daytime = scene.NewPort(), time = scene.NewPort();
            scene.StartLogged(Stanza.BuiltIn("daytime", daytime, "dgram") + Stanza.BuiltIn("time", time, "dgram"));
            using var forDaytime = new DatagramPeer(daytime);
            scene.Note("daytime", Shape(forDaytime.Ask("x")));
            Scene.LetSocketBeEmptied();
            scene.Note("empty", Shape(forDaytime.Ask("")));
            using var forTime = new DatagramPeer(time);
            scene.Note("time", Seconds(forTime.Ask("x")));
        },
        """
        daytime: 99 AAA 9999 99:99:99 AAA\r\n
        empty: 99 AAA 9999 99:99:99 AAA\r\n
        time: now
        """);

    [Fact]
    public void Datagram_chargen_answers_whole_lines_and_a_cut_one() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(Stanza.BuiltIn("chargen", port, "dgram"));
            using var peer = new DatagramPeer(port);
            string answer = peer.Ask("x");
            scene.Note("size", answer.Length.ToString());
            string[] lines = answer.Split("\r\n");
            scene.Note("lines", lines.Length.ToString());
            scene.Note("first", lines[0]);
            scene.Note("last whole", lines[^2]);
            scene.Note("cut", lines[^1]);
        },
        """
        size: 1024
        lines: 15
        first: !"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_`abcdefgh
        last whole: ./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_`abcdefghi
        cut:
        """);

    [Fact]
    public void Chargen_begins_at_its_beginning_for_everybody() => Comparison.Differs(
        "D-115: the original goes on where its last datagram ended",
        scene =>
        {
            int port = scene.NewPort(), stream = scene.NewPort();
            scene.StartLogged(Stanza.BuiltIn("chargen", port, "dgram") + Stanza.BuiltIn("chargen", stream, "stream"));
            using var peer = new DatagramPeer(port);
            scene.Note("first", peer.Ask("x")[..5]);
            Scene.LetSocketBeEmptied();
            using var another = new DatagramPeer(port, from: "127.0.0.2");
            scene.Note("second", another.Ask("x")[..5]);
            using Peer connected = Peer.Connect(stream);
            scene.Note("connected", connected.Read(5));
        },
        """
        first: !"#$%
        second: /0123
        connected: =>?@A
        """,
        """
        first: !"#$%
        second: !"#$%
        connected: !"#$%
        """);

    [Fact]
    public void Datagram_discard_says_nothing_and_goes_on() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(Stanza.BuiltIn("discard", port, "dgram"));
            using var peer = new DatagramPeer(port);
            scene.Note("one", peer.Ask("x", TimeSpan.FromMilliseconds(150)));
            Scene.LetSocketBeEmptied();
            scene.Note("two", peer.Ask("y", TimeSpan.FromMilliseconds(150)));
        },
        """
        one: (silent)
        two: (silent)
        """);

    [Fact]
    public void Stream_echo_has_a_pid_only_where_a_process_answers() => Comparison.Differs(
        "ours answers in the daemon, without a fork",
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(Stanza.BuiltIn("echo", port, "stream"));
            scene.Ask("echo", port, "hello", halfClose: true);
            scene.NoteServiceLog("EXIT");
        },
        """
        echo: hello
        log: START: echo-stream pid=<A> from=127.0.0.1
        log: EXIT: echo-stream status=0 pid=<A> duration=<short>(sec)
        """,
        """
        echo: hello
        log: START: echo-stream pid=0 from=127.0.0.1
        log: EXIT: echo-stream status=0 pid=0 duration=<short>(sec)
        """);

    private static string Shape(string text) => Regex.Replace(Regex.Replace(text, "[0-9]", "9"), "[A-Z]", "A");

    private static string IsNow(string daytime) =>
        DateTime.TryParseExact(daytime, "dd MMM yyyy HH:mm:ss 'UTC\r\n'", null, default, out DateTime time)
            && Math.Abs((DateTime.UtcNow - time).TotalSeconds) < 5 ? "yes" : daytime;

    private static string Seconds(string bytes)
    {
        if (bytes.Length != 4)
        {
            return $"{bytes.Length} bytes";
        }

        long seconds = bytes.Aggregate(0L, (sum, c) => (sum << 8) | c);
        long now = (long)(DateTime.UtcNow - new DateTime(1900, 1, 1)).TotalSeconds;
        return Math.Abs(now - seconds) < 5 ? "now" : $"{seconds} in place of {now}";
    }
}
