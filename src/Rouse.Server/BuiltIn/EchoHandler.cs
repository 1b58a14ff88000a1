using System;
using System.Collections.Generic;

namespace Rouse.Server.BuiltIn;

/// <summary>Sessions of echo, with the one buffer that all of them read into and the spare ones for peers that do not take their bytes.</summary>
internal sealed class EchoHandler : SessionPool<EchoSession>
{
    private const int BufferSize = 16 * 1024;
    private const int MostSpare = 64;

    private readonly Stack<byte[]> _spare = new();
    private byte[]? _buffer;

    public Span<byte> Buffer => _buffer ??= new byte[BufferSize];

    public byte[] TakeBuffer() => _spare.TryPop(out byte[]? spare) ? spare : new byte[BufferSize];

    public void ReturnBuffer(byte[] buffer)
    {
        if (_spare.Count < MostSpare)
        {
            _spare.Push(buffer);
        }
    }

    protected override EchoSession Make() => new(this);
}
