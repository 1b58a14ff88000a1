using System;
using System.Collections.Generic;
using Rouse.Config.Addresses;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Redirecting;

/// <summary>A redirected service on a fake kernel, with every target that was connected to.</summary>
internal sealed class Redirected
{
    public const ushort Port = 2008;

    public Redirected(Func<ServiceDefinition, ServiceDefinition>? change = null, int processLimit = int.MaxValue)
    {
        ServiceDefinition definition = (change ?? (d => d))(Definition());
        World = new Given.World(Given.Configuration(definition), processLimit);
        World.System.Target = to =>
        {
            LastTo = to;
            FakePeer? target = NextTarget is null ? new FakePeer() : NextTarget();
            if (target is not null)
            {
                Targets.Add(target);
            }

            return target;
        };
    }

    public Given.World World { get; }

    public FakeSystem System => World.System;

    public List<FakePeer> Targets { get; } = [];

    /// <summary>What the next connects find; null for a target that takes everything.</summary>
    public Func<FakePeer?>? NextTarget { get; set; }

    public SocketAddress LastTo { get; private set; }

    public static ServiceDefinition Definition(ushort port = Port, string id = "relay") => Given.External(port, id) with
    {
        Server = "",
        Arguments = [],
        Redirect = new RedirectTarget("10.9.8.7", IpAddress.FromV4(0x0a090807), 80),
        LogOnSuccess = LogOnSuccess.Host | LogOnSuccess.Pid | LogOnSuccess.Exit | LogOnSuccess.Traffic,
    };

    /// <summary>A client connects, and all that can happen without anybody's doing has happened.</summary>
    public FakePeer Connect(FakePeer? client = null, SocketAddress? from = null)
    {
        client ??= new FakePeer();
        World.Connect(Port, from, client);
        World.Turn(2);
        return client;
    }
}
