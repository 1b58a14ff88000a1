using System;
using System.Collections.Generic;
using Rouse.Linux;

namespace Rouse.Server.Redirecting;

/// <summary>
/// What all redirected connections share: the buffer that small messages pass through, spare ones for receivers that do not take them,
/// and pipes.
/// </summary>
internal sealed class RelayBuffers(ISystem system)
{
    public const int Size = 16 * 1024;
    private const int MostSpare = 64;

    private readonly Stack<byte[]> _spare = new();
    private byte[]? _shared;

    public Span<byte> Shared => _shared ??= new byte[Size];

    public PipePool Pipes { get; } = new(system);

    public byte[] TakeSpare() => _spare.TryPop(out byte[]? spare) ? spare : new byte[Size];

    public void ReturnSpare(byte[] buffer)
    {
        if (_spare.Count < MostSpare)
        {
            _spare.Push(buffer);
        }
    }
}
