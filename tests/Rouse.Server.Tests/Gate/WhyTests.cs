using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text;
using Rouse.Access;
using Rouse.Access.Wrappers;
using Rouse.Config.Addresses;
using Rouse.Config.Model;
using Rouse.Config.Text;
using Rouse.Linux;
using Rouse.Server.Control;
using Rouse.Server.Gate;
using Rouse.Server.Listening;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Gate;

/// <summary>What <c>rouse why</c> predicts is what the daemon does.</summary>
public sealed class WhyTests
{
    private const int Configurations = 500;
    private const int ClientsEach = 20;

    private static readonly string[] Names = ["", "a.example", "b.example", "x.evil.test", "localhost", "PARANOID"];
    private static readonly string[] Daemons = ["ALL", "server", "other", "ALL EXCEPT server", "server@10.9.9.9", "other server"];
    private static readonly string[] Clients =
    [
        "ALL", "10.0.0.1", "10.0.0.", "10.0.0.2/255.255.255.254", "10.0.1.0/24", ".example", "a.example", "KNOWN", "UNKNOWN", "PARANOID", "LOCAL",
        "root@ALL", "ALL EXCEPT 10.0.0.3", "ALL EXCEPT .example", "10.*.0.1", "[::1]", "@group", "/etc/list", "10.0.0.0/33",
    ];

    private static readonly string[] Tails = ["", "", "", ": ALLOW", ": DENY", ": bogus", ": severity err", ": keepalive: ALLOW"];

    [Fact]
    public void Why_equals_the_daemons_decision()
    {
        Random random = new(4);
        int served = 0, refused = 0;
        HashSet<string> reasons = [];
        for (int i = 0; i < Configurations; i++)
        {
            Dictionary<SocketAddress, string> names = [];
            FakeResolver resolver = new();
            for (byte host = 0; host < 8; host++)
            {
                SocketAddress peer = Given.PeerAt(10, 0, (byte)(host / 4), host);
                names[peer] = Names[random.Next(Names.Length)];
                if (names[peer].Length > 0)
                {
                    resolver.With(peer, names[peer] == "PARANOID" ? "" : names[peer]);
                }
            }

            FakeWrapperHost rules = RandomRules(random);
            Given.World world = new(
                Given.Configuration(RandomService(random)), processLimit: random.Next(4) == 0 ? 6 : int.MaxValue, resolver: resolver, wrappers: rules);
            world.System.LoadAverage = random.Next(4);
            for (int j = 0; j < ClientsEach; j++)
            {
                SocketAddress peer = names.Keys.ElementAt(random.Next(names.Count));
                (bool allowed, string reason) = Predict(world, peer, names[peer], rules);
                (bool wasServed, string wasReason) = Connect(world, peer);
                Assert.True(
                    allowed == wasServed && reason == wasReason,
                    $"predicted {allowed} '{reason}', was {wasServed} '{wasReason}' for {peer} ({names[peer]})\n{world.DaemonLog}\n{world.ServiceLog}");
                served += wasServed ? 1 : 0;
                refused += wasServed ? 0 : 1;
                reasons.Add(wasReason);
                if (world.System.Spawned.Count > 0 && random.Next(4) == 0)
                {
                    world.End(world.System.Spawned[random.Next(world.System.Spawned.Count)].Pid);
                }

                world.System.Advance(random.Next(400));
                world.Settle();
            }
        }

        Assert.InRange(served, 1000, 9000);
        Assert.InRange(refused, 1000, 9000);
        Assert.Superset(
            new HashSet<string> { "address", "libwrap", "time", "service_limit", "per_source_limit", "process_limit", "load", "connections per second", "closed", "starts per minute", "per_source_rate" },
            reasons);
    }

    [Fact]
    public void Asking_why_has_no_consequences()
    {
        ServiceDefinition service = Given.External() with { Cps = new CpsLimit(3, 10), Instances = 5, PerSource = 2, OnlyFrom = [] };
        Given.World world = new(Given.Configuration(service), wrappers: new FakeWrapperHost().Deny("ALL: ALL: spawn mail\n"));
        for (int i = 0; i < 50; i++)
        {
            _ = Predict(world, Given.Peer, "", world.Wrappers);
        }

        Assert.Equal((0, 0, 0), (world.System.SpawnCount, world.Keeper.Services[0].Occupancy.Live, (int)world.Keeper.Services[0].Totals.Refused));
        Assert.Equal(ServiceState.Listening, world.Keeper.Services[0].State);
        Assert.Equal("", world.ServiceLog);
    }

    [Fact]
    public void The_hours_are_told_although_the_daemon_has_let_go_of_its_files_text()
    {
        SourceFile file = new("/etc/x.conf", "access_times = 8:00-18:05 20:30-21:00\n"u8.ToArray());
        file.Keep(new SourceSpan(file, 15, 22));
        file.ForgetText();
        Given.World world = Given.Running(Given.External() with
        {
            Flags = ServiceFlags.NoLibwrap,
            AccessTimes = [new AccessHours(480, 1085, new SourceSpan(file, 15, 10)), new AccessHours(1230, 1260, new SourceSpan(file, 26, 11))],
        });
        Explainer explainer = new(world.Keeper);
        explainer.Explain(world.Keeper.Services[0], new WhyQuestion { Client = new IpAddress(Given.Peer.Address), ClientName = WrapperName.Unknown, MinuteOfDay = 479 });
        Assert.Equal("7:59 is outside of '8:00-18:05', '20:30-21:00'", Assert.Single(explainer.Steps, step => step.Question == "access_times").Text);
    }

    private static (bool Allowed, string Reason) Predict(Given.World world, SocketAddress peer, string name, FakeWrapperHost rules)
    {
        Service service = world.Keeper.Services[0];
        WhyQuestion question = new()
        {
            Client = new IpAddress(peer.Address),
            ClientName = name.Length == 0 ? WrapperName.Unknown : name == "PARANOID" ? WrapperName.Paranoid : WrapperName.Known(name),
            User = WrapperName.Unknown,
            Server = service.Listeners.Count == 0 ? null : new IpAddress(world.System.LocalAddress(service.Listeners[0].Socket).Address),
            ServerName = WrapperName.Unknown,
            Netgroups = [new NetgroupAnswer("group", false, rules.Members.Contains(("group", name)))],
        };
        Explainer explainer = new(world.Keeper);
        explainer.Explain(service, question);
        Assert.Equal(WrapperNeed.Nothing, explainer.Needs);
        return explainer.Decisive is not { } step ? (true, "")
            : (false, step.IsClosed ? "closed" : SourceFile.Decode(step.Refusal.LogText()));
    }

    private static (bool Served, string Reason) Connect(Given.World world, SocketAddress peer)
    {
        int spawned = world.System.SpawnCount;
        int lines = world.ServiceLines.Length;
        if (!world.Connect(peer: peer))
        {
            return (false, "closed");
        }

        for (int i = 0; i < 20_000 && world.System.SpawnCount == spawned && world.ServiceLines.Length == lines; i++)
        {
            System.Threading.Thread.Sleep(world.Keeper.Reception.Pending.Count > 0 ? 1 : 0);
            world.Settle();
        }

        if (world.System.SpawnCount > spawned)
        {
            return (true, "");
        }

        string last = world.ServiceLines.Last(line => line.StartsWith("FAIL: server ", StringComparison.Ordinal));
        return (false, last["FAIL: server ".Length..last.IndexOf(" from=", StringComparison.Ordinal)]);
    }

    private static FakeWrapperHost RandomRules(Random random)
    {
        FakeWrapperHost rules = new FakeWrapperHost().With("/etc/list", "10.0.0.1\n.example\n");
        if (random.Next(3) == 0)
        {
            rules.Members.Add(("group", "a.example"));
        }

        if (random.Next(3) > 0)
        {
            rules.Allow(RandomFile(random));
        }

        return random.Next(4) > 0 ? rules.Deny(RandomFile(random)) : rules;
    }

    private static string RandomFile(Random random)
    {
        StringBuilder text = new();
        for (int i = random.Next(4); i > 0; i--)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Of(random, Daemons)}: {Of(random, Clients)} {Of(random, Tails)}\n");
        }

        return random.Next(20) == 0 ? text + "no colon\n" : text.ToString();
    }

    private static string Of(Random random, string[] words) => words[random.Next(words.Length)];

    private static ServiceDefinition RandomService(Random random)
    {
        ServiceDefinition service = Given.External();
        service = random.Next(3) == 0 ? service with { OnlyFrom = RandomList(random) } : service;
        service = random.Next(3) == 0 ? service with { NoAccess = RandomList(random) } : service;
        service = random.Next(5) == 0 ? service with { Flags = ServiceFlags.NoLibwrap } : service;
        service = random.Next(4) == 0 ? service with { Instances = random.Next(6) } : service;
        service = random.Next(4) == 0 ? service with { PerSource = random.Next(1, 3) } : service;
        service = random.Next(6) == 0 ? service with { Cps = new CpsLimit(random.Next(1, 4), 1) } : service;
        service = random.Next(8) == 0 ? service with { Starts = new StartLimit(random.Next(1, 6), 600, "server/tcp", random.Next(2) == 0) } : service;
        service = random.Next(8) == 0 ? service with { PerSourcePerMinute = random.Next(1, 4) } : service;
        service = random.Next(6) == 0 ? service with { MaxLoad = random.Next(1, 4) } : service;
        return random.Next(6) == 0
            ? service with { AccessTimes = [new AccessHours(random.Next(1440), random.Next(1440), SourceSpan.None)] }
            : service;
    }

    private static ImmutableArray<AddressPattern> RandomList(Random random)
    {
        ImmutableArray<AddressPattern>.Builder list = ImmutableArray.CreateBuilder<AddressPattern>();
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            IpAddress address = new(Given.PeerAt(10, 0, (byte)random.Next(2), (byte)random.Next(8)).Address);
            list.Add(random.Next(4) switch
            {
                0 => new AddressPattern(AddressPatternKind.HostName, default, 0, "a.example", SourceSpan.None),
                1 => new AddressPattern(AddressPatternKind.Domain, default, 0, ".example", SourceSpan.None),
                _ => AddressPattern.Network(address, 96 + (8 * random.Next(1, 5)), SourceSpan.None),
            });
        }

        return list.ToImmutable();
    }
}
