using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text;
using Rouse.Access.Wrappers;
using Rouse.Config.Text;
using static Rouse.Access.Tests.Wrappers.RuleTexts;

namespace Rouse.Access.Tests.Wrappers;

/// <summary>Rules of which only the line's number is kept say what the objects of the same lines say, and cost what an address costs.</summary>
public sealed class PlainRuleTests(ITestOutputHelper output)
{
    private static readonly string[] Daemons =
        ["ALL", "all", "sshd", "in.ftpd", "SSHD", "a-b_c", "KNOWN", "local", "sshd.", ".sshd", "22", "3proxy", "ss*", "sshd@10.0.0.1", "EXCEPT", "#x", "a/b", "[x]", "\\"];

    private static readonly string[] Clients =
        ["ALL", "all", "10.1.2.3", "10.1.2.", "10.", "10", "10.1.2", "010.1.2.3", "10.1.2.300", "10.1.2.3.", ".3", ".", "..", "1..2", "255.255.255.255", "0.0.0.0", "10.0.0.0/8",
         "10.0.0.0/08", "10.0.0.0/0", "10.1.2.3/8", "10.1.0.0/255.255.0.0", "10.0.0.3/255.0.0.255", "0.0.0.0/0.0.0.0", "10.1.2.3/32", "10.1.2.3/255.255.255.255", "10.0.0.0/33",
         "012.1.0.0/16", "10.1/16", "[2001:db8::1]", "[2001:DB8::]/32", "[::]/0", "[::1", "::1", "[::ffff:10.1.2.3]", "[::ffff:0.0.0.0]/96", "[fe80::1%lo]", "[::1]/129", "[::1]x", "[]",
         "a.example", "A.Example", ".example", "b.a.example", "host", "host.", "h*st", "3com.example", "x_y", "-", "KNOWN", "known", "UNKNOWN", "PARANOID", "LOCAL", "EXCEPT", "except",
         "@friends", "root@ALL", "joe@10.", "/list", "a/b", "host/24", "#", "a\\", "ä.example", ".exa[mple"];

    private static readonly string[] Ends = ["", "", "", "", " ", "\r", ": ALLOW", ": deny ", ":deny\r", ": DENY:", ": deny x", ":", ": spawn x", ": ALLOW: ALLOW", ": =deny"];
    private static readonly string?[] Spellings = [null, null, null, "10.1.2.3", "::ffff:10.1.2.3", "localhost", "2001:DB8::1", "fe80::1%lo", "010.1.2.3"];
    private static readonly string[] Addresses = ["10.1.2.3", "10.1.2.4", "10.9.2.7", "11.1.1.1", "0.0.0.0", "255.255.255.255", "2001:db8::1", "::1", "::ffff:10.1.2.3"];
    private static readonly string[] Names = ["host", "a.example", "b.a.example", "A.EXAMPLE", "3com.example", "elsewhere.org", "x_y", "10.1.2.3", "::ffff:10.1.2.3"];

    [Fact]
    public void A_plain_rule_says_what_its_object_says()
    {
        Random random = new(20261130);
        Dictionary<Answer, int> answers = [];
        List<PlainWord> words = [];
        int plain = 0;
        for (int i = 0; i < 80_000; i++)
        {
            string text = $"{List(random, Daemons)}{Pick(random, [":", ": ", " : ", ":\t"])}{List(random, Clients)}{Pick(random, Ends)}";
            byte[] bytes = SourceFile.Encode(text);
            if (!PlainLine.TryRead(bytes, words, out PlainLine line))
            {
                continue;
            }

            // Nothing is to be told of it: behind a rule that takes everybody the long way is taken.
            plain++;
            Assert.Equal(["allow:2:1 RS0133"], Findings(Rules($"ALL: ALL\n{text}\n")));
            WrapperRule rule = RuleFileReader.ReadPlain(WrapperFile.Deny, RuleLine.At(new SourceFile("deny", [.. bytes, (byte)'\n']), 1));
            WrapperCause expected = line.Form switch
            {
                RuleForm.PlainAllow => WrapperCause.AllowOption,
                RuleForm.PlainDeny => WrapperCause.DenyOption,
                _ => WrapperCause.DenyFile,
            };
            Assert.Equal(expected, rule.Cause);
            for (int asked = 0; asked < 20; asked++)
            {
                WrapperRequest request = RandomRequest(random);
                Answer answer = Same(text, bytes, rule, request);
                answers[answer] = answers.GetValueOrDefault(answer) + 1;
            }
        }

        output.WriteLine($"{plain} plain rules: {string.Join(", ", answers)}");
        Assert.True(plain > 2000);
        Assert.All([Answer.Yes, Answer.No, Answer.Ask], answer => Assert.True(answers[answer] > 1000));
    }

    [Fact]
    public void A_rule_that_decided_is_told_with_its_place_and_words()
    {
        HostRules rules = Rules("", "# one\n\nsshd: 10.1.2.3, .example\nftpd: \\\n 10.1.2. \\\n[::1] : DENY\n");
        WrapperVerdict denied = rules.Decide(Request("10.1.2.3"));
        Assert.False(denied.HasOptions);
        Assert.Equal("deny:3:1", denied.Rule!.Span.ToString());
        Assert.Equal(["10.1.2.3", ".example"], denied.Rule.Words().Clients.Select(word => word.Text));
        WrapperVerdict joined = rules.Decide(Request("::1", daemon: "ftpd"));
        Assert.Equal((WrapperOutcome.Denied, WrapperCause.DenyOption), (joined.Outcome, joined.By));
        Assert.Equal((4, 6), (joined.Rule!.Line, joined.Rule.LastLine));
        Assert.Equal("deny:6:1", joined.Rule.Words().Clients[1].Span.ToString());
        Assert.Equal(WrapperOptionKind.Deny, Assert.Single(joined.Rule.Options).Kind);
        Assert.Equal(["deny:3", "deny:4"], rules.Rules.Select(rule => rule.ToString()));
    }

    [Theory]
    [InlineData("ALL: {0}\n", "address", 120)]
    [InlineData("sshd, in.ftpd: {0} : deny\n", "address", 120)]
    [InlineData("ALL: {0}\n", "network", 120)]
    [InlineData("ALL: {0}\n", "domain", 120)]
    [InlineData("ALL: {0}\n", "name", 120)]
    [InlineData("ALL: {0}\n", "IPv6", 120)]
    [InlineData("{0}\n", "list", 120)]
    public void A_rule_takes_little_memory(string form, string kind, int most)
    {
        const int Count = 50_000;
        StringBuilder text = new();
        for (int i = 0; i < Count; i++)
        {
            text.Append(string.Format(form, kind switch
            {
                "network" => $"{1 + (i >> 16)}.{i >> 8 & 255}.{i & 255}.0/24",
                "domain" => $".site{i}.example.org",
                "name" => $"host{i}.example.org",
                "IPv6" => $"[2001:db8:{i:x}::]/48",
                _ => $"{11 + (i >> 16)}.{i >> 8 & 255}.{i & 255}.{i % 251}",
            }));
        }

        HostRules rules = kind == "list"
            ? new RuleTexts().With("deny", "ALL: /list\n").With("/list", text.ToString()).Rules()
            : Rules("", text.ToString());
        Assert.Empty(rules.Diagnostics);
        double each = (double)Retained.BytesOf(rules) / Count;
        output.WriteLine($"{form.Trim()} {kind}: {each:F1} bytes, {(double)text.Length / Count:F1} of them the text itself");
        Assert.InRange(each, (double)text.Length / Count, most);
    }

    [Fact]
    public void A_peer_without_an_address_is_judged_without_making_objects()
    {
        HostRules rules = Rules("sshd: unknown1\nftpd: ALL\nsshd: 10.1.2.3 .example a.b\n", "ftpd: 1.1.1.1\nsshd: joe.example unknown\n");
        WrapperRequest request = new() { Daemon = "sshd", ClientName = WrapperName.Unknown };
        int denied = 0;
        long allocated = Allocated.AtLeast(() =>
        {
            denied = 0;
            for (int i = 0; i < 10_000; i++)
            {
                denied += rules.Decide(request).Outcome == WrapperOutcome.Denied ? 1 : 0;
            }
        });
        Assert.Equal((10_000, 0), (denied, allocated));
    }

    [Fact]
    public void A_peer_without_an_address_is_judged_as_if_all_rules_were_gone_through()
    {
        Random random = new(20261201);
        int fitted = 0;
        for (int i = 0; i < 5000; i++)
        {
            string allow = string.Concat(Enumerable.Range(0, 6).Select(_ => $"{Pick(random, ["sshd", "ALL", "ftpd", "ss*"])}: {List(random, Clients)}{Pick(random, Ends)}\n"));
            HostRules rules = Rules(allow);
            WrapperRequest request = new()
            {
                Daemon = "sshd",
                ClientName = random.Next(2) == 0 ? WrapperName.Unknown : WrapperName.Known(Pick(random, Names)),
                User = WrapperName.Unknown,
                Netgroups = [new NetgroupAnswer("friends", false, random.Next(2) == 0)],
            };
            WrapperRule? first = rules.Matching(request).FirstOrDefault();
            WrapperVerdict verdict = rules.Decide(request);
            Assert.True(first?.ToString() == verdict.Rule?.ToString(), $"{request}: {first}, not {verdict.Rule}\n{allow}");
            fitted += first is null ? 0 : 1;
        }

        Assert.InRange(fitted, 500, 4999);
    }

    // Asks both, and compares what they say and what they ask.
    private static Answer Same(string text, byte[] bytes, WrapperRule rule, WrapperRequest request)
    {
        HostFacts client = HostFacts.OfClient(request, stackalloc char[HostFacts.AddressRoom]);
        HostFacts server = HostFacts.OfServer(request, stackalloc char[HostFacts.AddressRoom]);
        Question plainAsks = default;
        Answer plain = PlainLine.Of(bytes).Match(request, client, ref plainAsks);
        Question asked = default;
        Answer daemon = rule.Daemons.MatchDaemon(request, server, ref asked);
        Answer answer = daemon == Answer.Yes ? rule.Clients.MatchClient(request, client, ref asked) : daemon;
        Assert.True(plain == answer && plainAsks == (answer == Answer.Ask ? asked : default), $"{text}: {request}: {plain}, {plainAsks}; the object says {answer}, {asked}");
        return answer;
    }

    private static WrapperRequest RandomRequest(Random random)
    {
        string? spelling = Spellings[random.Next(Spellings.Length)];
        return new WrapperRequest
        {
            Daemon = Pick(random, ["sshd", "in.ftpd", "A-B_C", "other"]),
            Client = spelling is null && random.Next(10) > 0 ? Address(Pick(random, Addresses)) : null,
            ClientSpelling = spelling,
            ClientName = random.Next(4) switch
            {
                0 => WrapperName.NotAsked,
                1 => random.Next(2) == 0 ? WrapperName.Unknown : WrapperName.Paranoid,
                _ => WrapperName.Known(Pick(random, Names)),
            },
            Netgroups = ImmutableArray<NetgroupAnswer>.Empty,
        };
    }

    private static string List(Random random, string[] words)
    {
        StringBuilder list = new(Pick(random, words));
        while (random.Next(3) == 0)
        {
            list.Append(Pick(random, [" ", ", ", ",", "\t"])).Append(Pick(random, words));
        }

        return list.ToString();
    }

    private static string Pick(Random random, string[] from) => from[random.Next(from.Length)];
}
