using System.Collections.Generic;
using System.Text;
using System.Threading;
using Rouse.Linux;

namespace Rouse.Server.Tests.Fakes;

/// <summary>What stands behind a descriptor.</summary>
internal sealed class FakeFile
{
    private bool _woken;

    public required FakeKind Kind { get; init; }

    public SocketAddress Address { get; set; }

    public int SocketType { get; set; }

    public Queue<(SocketAddress Peer, FakePeer? End)> Waiting { get; } = new();

    public Queue<(SocketAddress Peer, byte[] Bytes)> Datagrams { get; } = new();

    public FakePeer? Peer { get; set; }

    public StringBuilder? Log { get; set; }

    public bool Woken
    {
        get => Volatile.Read(ref _woken);
        set => Volatile.Write(ref _woken, value);
    }

    public bool NonBlocking { get; set; }

    public bool NoDelay { get; set; }

    /// <summary>Seconds of SO_LINGER; null where it was not set.</summary>
    public int? Linger { get; set; }

    public bool KeepAlive { get; set; }

    public bool ResetsOnClose { get; set; }

    /// <summary>What an edge-triggered watch has been told and was not used up since.</summary>
    public PollEvents Told { get; set; }
}
