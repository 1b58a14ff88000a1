using System;
using System.Collections.Concurrent;
using System.Threading;
using Rouse.Access;
using Rouse.Linux;
using Rouse.Server.Names;

namespace Rouse.Server.Tests.Fakes;

/// <summary>A source of names in memory, asked by the daemon's threads. It hangs as long as a test holds it.</summary>
internal sealed class FakeResolver : IHostResolver
{
    private readonly ManualResetEventSlim _open = new(initialState: true);
    private readonly ConcurrentDictionary<UInt128, string> _names = new();
    private int _asked;
    private int _answered;

    /// <summary>Questions so far.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>Answers so far.</summary>
    public int Answered => Volatile.Read(ref _answered);

    /// <summary>Every name leads back, but is an alias.</summary>
    public bool GivesAliases { get; set; }

    /// <summary>The next questions throw.</summary>
    public bool IsBroken { get; set; }

    /// <summary>An empty name is one that does not lead back to the address.</summary>
    public FakeResolver With(in SocketAddress peer, string name)
    {
        _names[peer.Address] = name;
        return this;
    }

    public FakeResolver Hang()
    {
        _open.Reset();
        return this;
    }

    public void GoOn() => _open.Set();

    public PeerName NameOf(UInt128 address)
    {
        Interlocked.Increment(ref _asked);
        _open.Wait();
        Interlocked.Increment(ref _answered);
        if (IsBroken)
        {
            throw new InvalidOperationException("resolver fault");
        }

        return !_names.TryGetValue(address, out string? name) ? PeerName.Unknown
            : name.Length == 0 ? PeerName.Unconfirmed
            : PeerName.Known(name, GivesAliases);
    }
}
