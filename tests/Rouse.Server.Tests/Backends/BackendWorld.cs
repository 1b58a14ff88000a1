using System;
using System.Collections.Generic;
using Rouse.Config;
using Rouse.Config.Addresses;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Backends;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Backends;

/// <summary>An on-demand-resident service on a system in memory, whose clock moves only when a test moves it.</summary>
internal sealed class BackendWorld
{
    public static readonly SocketAddress Place = new(AddressFamily.IPv4, IpAddress.FromV4(0x7f000001).Value, 8080);

    public static readonly ServiceDefinition Web = Given.External(id: "web") with
    {
        Flags = ServiceFlags.IPv4,
        Start = new StartMode
        {
            Kind = StartKind.OnDemandResident,
            Backend = new RedirectTarget("127.0.0.1", IpAddress.FromV4(0x7f000001), 8080),
            StartTimeoutSeconds = 5,
            IdleTimeoutSeconds = 60,
        },
    };

    public BackendWorld(ServiceDefinition? definition = null)
    {
        World = Given.Running(definition ?? Web);
        System.KeepsTime = true;
        System.Target = address =>
        {
            Reached.Add(new FakePeer { ConnectError = address == Place && System.Bound.Exists(bound => bound.Where == Place) ? Errno.None : Errno.ECONNREFUSED });
            return Reached[^1];
        };
    }

    public Given.World World { get; }

    public FakeSystem System => World.System;

    public Backend Backend => World.Keeper.Services[0].Backend!;

    /// <summary>The daemon's connections to the backend, in order.</summary>
    public List<FakePeer> Reached { get; } = [];

    public string Log => World.DaemonLog;

    public FakePeer Come(SocketAddress? peer = null, FakePeer? end = null, ushort port = 2000)
    {
        end ??= new FakePeer();
        World.System.Connect(port, peer ?? Given.Peer, end);
        World.Turn(2);
        return end;
    }

    /// <summary>The server that was started last listens.</summary>
    public void Listens(int? holder = null, bool datagrams = false)
    {
        System.Bound.Add((Place, datagrams, holder ?? System.LastPid));
        Pass(10);
    }

    /// <summary>Time goes on, in steps that no timer of the daemon is longer overdue than.</summary>
    public void Pass(long ms, long stepMs = 10)
    {
        for (long done = 0; done < ms; done += stepMs)
        {
            System.Advance(Math.Min(stepMs, ms - done));
            World.Turn(2);
        }
    }

    /// <summary>A server that runs and has nobody.</summary>
    public BackendWorld Awake()
    {
        FakePeer first = Come();
        Listens();
        World.Turn();
        Leave(first, Reached[^1]);
        return this;
    }

    public void Reload(Configuration next)
    {
        World.Reload(next);
        System.KeepsTime = true;
    }

    /// <summary>Both sides of a connection end.</summary>
    public void Leave(FakePeer end, FakePeer target)
    {
        end.SentAll = true;
        target.SentAll = true;
        World.Turn(4);
        Assert.True(end.Closed);
    }

    public void Check()
    {
        int before = Log.Split("Consistency check passed").Length;
        System.Raise(Signal.ABRT);
        World.Turn();
        Assert.Equal(before + 1, Log.Split("Consistency check passed").Length);
    }
}
