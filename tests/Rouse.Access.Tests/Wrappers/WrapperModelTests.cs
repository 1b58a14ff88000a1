using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Rouse.Access.Wrappers;
using static Rouse.Access.Tests.Wrappers.RuleTexts;

namespace Rouse.Access.Tests.Wrappers;

/// <summary>
/// A hundred thousand verdicts on random rules are those of <see cref="WrapperModel"/>. The request begins with nothing but the address,
/// and learns only what it is asked for.
/// </summary>
public sealed class WrapperModelTests(ITestOutputHelper output)
{
    private static readonly string[] Daemons = ["ALL", "sshd", "ftpd", "in.ftpd", "SSHD", "*d", "in.", ".ftpd", "22", "sshd@10.0.0.1", "ALL@server.example", "KNOWN"];

    private static readonly string[] Hosts =
        ["ALL", "LOCAL", "KNOWN", "UNKNOWN", "PARANOID", "10.1.2.3", "10.1.2.", "10.", "10.1.2.4", "10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/255.255.255.0", "10.0.0.3/255.0.0.255",
         "[2001:db8::1]", "[2001:db8::]/32", "[::]/0", ".example", "a.example", "b.a.example", ".a.example", "host", "*.example", "10.?.2.*", "h*", "*", "@friends", "@foes",
         "0.0.0.0/0.0.0.0", "11.0.0.0/8", "a.", "root@ALL", "KNOWN@10.", "UNKNOWN@.example", "joe@a.example", "ALL@@friends", "j*@LOCAL"];

    private static readonly string[] Options = ["", "", "", "", ": ALLOW", ": DENY", ": twist x", ": spawn x %h", ": nice: DENY"];
    private static readonly string[] Addresses = ["10.1.2.3", "10.1.2.4", "10.9.2.7", "11.1.1.1", "12.0.0.1", "2001:db8::1", "2001:db8::2", "::1", "192.168.7.3"];
    private static readonly string[] Names = ["unknown", "paranoid", "host", "a.example", "b.a.example", "x.example", "A.EXAMPLE", "elsewhere.org"];
    private static readonly string[] Users = ["unknown", "root", "joe", "jane"];

    [Fact]
    public void Verdicts_are_those_of_the_model()
    {
        Random random = new(20261124);
        Dictionary<WrapperOutcome, int> outcomes = [];
        int questions = 0;
        for (int pair = 0; pair < 2000; pair++)
        {
            string allow = File(random);
            string deny = File(random);
            HostRules rules = Rules(allow, deny);
            for (int i = 0; i < 50; i++)
            {
                ModelWorld world = World(random);
                WrapperOutcome decided = Play(rules, world, ref questions);
                WrapperOutcome expected = WrapperModel.Decide(allow, deny, world);
                Assert.True(expected == decided, $"{world}: the model says {expected}, not {decided}\n--- allow\n{allow}--- deny\n{deny}");
                outcomes[decided] = outcomes.GetValueOrDefault(decided) + 1;
            }
        }

        output.WriteLine($"{string.Join(", ", outcomes)}; {questions} questions");
        Assert.All([WrapperOutcome.Granted, WrapperOutcome.Denied, WrapperOutcome.Twisted], outcome => Assert.True(outcomes[outcome] > 1000));
    }

    private static WrapperOutcome Play(HostRules rules, ModelWorld world, ref int questions)
    {
        WrapperRequest request = new()
        {
            Daemon = world.Daemon,
            Client = Address(world.Client),
            Server = Address(world.Server),
            ServerPort = (ushort)world.Port,
        };
        for (int asked = 0; asked < 10; asked++)
        {
            WrapperVerdict verdict = rules.Decide(request);
            if (verdict.Outcome != WrapperOutcome.Asks)
            {
                return verdict.Outcome;
            }

            questions++;
            request = verdict.Needs switch
            {
                WrapperNeed.ClientName when !request.ClientName.IsAsked => request with { ClientName = Name(world.Name) },
                WrapperNeed.ServerName when !request.ServerName.IsAsked => request with { ServerName = Name(world.ServerName) },
                WrapperNeed.User when !request.User.IsAsked => request with { User = Name(world.User) },
                WrapperNeed.ClientNetgroup => request with
                {
                    Netgroups =
                    [
                        .. request.Netgroups.IsDefault ? [] : request.Netgroups,
                        new(verdict.Netgroup!, false, world.Netgroups.Contains(verdict.Netgroup)),
                    ],
                },
                _ => throw new InvalidOperationException($"{verdict.Needs} is asked for twice"),
            };
        }

        throw new InvalidOperationException("there is no end to the questions");
    }

    private static WrapperName Name(string name) => name switch
    {
        "unknown" => WrapperName.Unknown,
        "paranoid" => WrapperName.Paranoid,
        _ => WrapperName.Known(name),
    };

    private static ModelWorld World(Random random) => new(
        Pick(random, ["sshd", "ftpd", "in.ftpd", "other"]), Pick(random, Addresses), Pick(random, Names), Pick(random, Users),
        Pick(random, ["10.0.0.1", "10.0.0.2"]), Pick(random, ["unknown", "server.example"]), random.Next(21, 24),
        [.. new[] { "friends", "foes" }.Where(_ => random.Next(2) == 0)]);

    private static string File(Random random)
    {
        StringBuilder file = new();
        for (int i = random.Next(7); i > 0; i--)
        {
            file.Append(random.Next(8) == 0 ? "# ALL: ALL\n" : $"{List(random, Daemons)}: {List(random, Hosts)}{Pick(random, Options)}\n");
        }

        return file.ToString();
    }

    private static string List(Random random, string[] words)
    {
        StringBuilder list = new(Pick(random, words));
        while (random.Next(3) == 0)
        {
            list.Append(Pick(random, [" ", ", ", ",", " \\\n ", " EXCEPT ", " EXCEPT "])).Append(Pick(random, words));
        }

        return list.ToString();
    }

    private static string Pick(Random random, string[] from) => from[random.Next(from.Length)];
}
