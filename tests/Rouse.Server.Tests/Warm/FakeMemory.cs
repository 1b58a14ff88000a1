using System;
using System.Collections.Generic;
using System.Text;
using Rouse.Linux;
using Rouse.Server.Warm;

namespace Rouse.Server.Tests.Warm;

/// <summary>A process's memory: pieces of bytes by their address.</summary>
internal sealed class FakeMemory : ITraceeMemory
{
    private readonly Dictionary<ulong, byte[]> _pieces = [];
    private ulong _next = 0x1000;

    public ulong Put(params byte[] bytes)
    {
        ulong at = _next;
        _pieces[at] = bytes;
        _next += 0x1000;
        return at;
    }

    public ulong Put(string text) => Put([.. Encoding.Latin1.GetBytes(text), 0]);

    public ulong PutNumbers(params ulong[] numbers)
    {
        List<byte> bytes = [];
        foreach (ulong number in numbers)
        {
            bytes.AddRange(BitConverter.GetBytes(number));
        }

        return Put([.. bytes]);
    }

    public bool Read(ulong address, Span<byte> bytes)
    {
        ulong piece = address & ~0xfffUL;
        int offset = (int)(address - piece);
        if (!_pieces.TryGetValue(piece, out byte[]? there) || there.Length - offset < bytes.Length)
        {
            return false;
        }

        there.AsSpan(offset, bytes.Length).CopyTo(bytes);
        return true;
    }

    public string? ReadPath(ulong address) =>
        _pieces.TryGetValue(address, out byte[]? there) ? Encoding.Latin1.GetString(there, 0, Array.IndexOf(there, (byte)0)) : null;
}

/// <summary>A kernel that knows some options and not others.</summary>
internal sealed class FakeTrial : IOptionTrial
{
    public Errno? Answer { get; set; } = Errno.None;

    public Errno? Try(int level, int option, ReadOnlySpan<byte> value) => Answer;
}
