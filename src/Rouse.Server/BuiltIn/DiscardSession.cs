using System;
using Rouse.Linux;

namespace Rouse.Server.BuiltIn;

/// <summary>The discard service over a stream (RFC 863): reads and throws away until the peer closes.</summary>
internal sealed class DiscardSession(DiscardHandler pool) : StreamSession
{
    // A fast peer gets this many reads in one turn; then it is the others' turn.
    private const int ReadsPerTurn = 8;

    public override void OnReady(PollEvents events)
    {
        Span<byte> buffer = pool.Buffer;
        for (int i = 0; i < ReadsPerTurn; i++)
        {
            SysResult got = Keeper.System.Receive(Connection, buffer);
            if (got.Ok && got.Value == buffer.Length)
            {
                continue;
            }

            if (got.Ok ? got.Value == 0 : got.Error is not (Errno.EAGAIN or Errno.EINTR))
            {
                End();
            }

            return;
        }
    }

    protected override void Start() => WatchFor(PollEvents.In);

    protected override void Recycle() => pool.Return(this);
}

/// <summary>Sessions of discard, with the one buffer that all of them read into.</summary>
internal sealed class DiscardHandler : SessionPool<DiscardSession>
{
    private const int BufferSize = 64 * 1024;

    private byte[]? _buffer;

    public Span<byte> Buffer => _buffer ??= new byte[BufferSize];

    protected override DiscardSession Make() => new(this);
}
