using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Rouse.Linux;

namespace Rouse.Server.Tests.Fakes;

/// <summary>What it reaches by connecting, and its pipes.</summary>
internal sealed partial class FakeSystem
{
    /// <summary>Who is reached by a connect: null refuses. The default refuses everybody.</summary>
    public Func<SocketAddress, FakePeer?> Target { get; set; } = _ => null;

    public Errno ConnectStartError { get; set; }

    /// <summary>Where connects came from.</summary>
    public List<SocketAddress> ConnectedFrom { get; } = [];

    public Errno PipeError { get; set; }

    /// <summary>Pipe ends that are open now.</summary>
    public int PipeEnds { get; private set; }

    public SysResult StartConnect(in SocketAddress to, in SocketAddress from)
    {
        if (ConnectStartError != Errno.None)
        {
            return SysResult.Fail(ConnectStartError);
        }

        if (KeepsLogs)
        {
            ConnectedFrom.Add(from);
        }

        SysResult made = New(FakeKind.Connection);
        _open[made.Value].Peer = Target(to) ?? new FakePeer { ConnectError = Errno.ECONNREFUSED };
        return made;
    }

    public Errno ConnectError(Fd socket) => _open[socket.Value].Peer!.ConnectError;

    public void ResetOnClose(Fd socket) => _open[socket.Value].ResetsOnClose = true;

    /// <summary>What is in the only pipe that has a reader here.</summary>
    public FakePeer OnlyPipe => Assert.Single(_open.Values, file => file.Kind == FakeKind.Pipe).Peer!;

    public SysResult OpenPipe(int capacity, out Pipe pipe)
    {
        pipe = Pipe.None;
        if (PipeError != Errno.None)
        {
            return SysResult.Fail(PipeError);
        }

        pipe = new Pipe(New(FakeKind.Pipe).Fd, New(FakeKind.Pipe).Fd);
        FakePeer bytes = new() { Window = capacity };
        _open[pipe.ReadEnd.Value].Peer = bytes;
        _open[pipe.WriteEnd.Value].Peer = bytes;
        PipeEnds += 2;
        return SysResult.Success();
    }

    public SysResult ReadPipe(Fd readEnd, Span<byte> buffer)
    {
        FakePeer pipe = _open[readEnd.Value].Peer!;
        int n = Math.Min(buffer.Length, pipe.Outbound.Count);
        CollectionsMarshal.AsSpan(pipe.Outbound)[..n].CopyTo(buffer);
        pipe.Outbound.RemoveRange(0, n);
        return n > 0 || pipe.SentAll ? SysResult.Success(n) : SysResult.Fail(Errno.EAGAIN);
    }

    /// <summary>Bytes that were spliced out of connections.</summary>
    public long SplicedBytes { get; private set; }

    public SysResult Splice(Fd from, Fd to, int most)
    {
        // A pipe is a peer that was written to and not yet read; its window is what it still takes.
        FakePeer pipe = (_open[from.Value].Kind == FakeKind.Pipe ? _open[from.Value] : _open[to.Value]).Peer!;
        if (_open[from.Value].Kind == FakeKind.Pipe)
        {
            SysResult sent = Send(to, CollectionsMarshal.AsSpan(pipe.Outbound)[..Math.Min(most, pipe.Outbound.Count)]);
            pipe.Outbound.RemoveRange(0, Math.Max(sent.Value, 0));
            pipe.Window += Math.Max(sent.Value, 0);
            return sent;
        }

        byte[] buffer = new byte[Math.Min(most, pipe.Window)];
        SysResult got = Receive(from, buffer);
        SplicedBytes += Math.Max(got.Value, 0);
        return got is { Ok: true, Value: > 0 } ? Send(to, buffer.AsSpan(0, got.Value)) : got;
    }

    /// <summary>Who is reached by a connect to a local socket: null where there is none.</summary>
    public Func<string, FakePeer?> LocalTarget { get; set; } = _ => null;

    public SysResult ConnectLocal(string path)
    {
        if (LocalTarget(path) is not { } peer)
        {
            return SysResult.Fail(Errno.ENOENT);
        }

        SysResult made = New(FakeKind.Connection);
        _open[made.Value].Peer = peer;
        return made;
    }
}
