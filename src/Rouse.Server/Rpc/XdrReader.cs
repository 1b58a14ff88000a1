using System;
using System.Buffers.Binary;

namespace Rouse.Server.Rpc;

/// <summary>External data representation (RFC 4506) out of bytes that may hold anything: each step says whether there was enough.</summary>
internal ref struct XdrReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public bool Word(out uint value)
    {
        if (!BinaryPrimitives.TryReadUInt32BigEndian(_rest, out value))
        {
            return false;
        }

        _rest = _rest[4..];
        return true;
    }

    /// <summary>Passes over bytes of a length that stands before them.</summary>
    public bool SkipOpaque()
    {
        if (!Word(out uint length) || length > (uint)_rest.Length)
        {
            return false;
        }

        int whole = ((int)length + 3) & ~3;
        if (whole > _rest.Length)
        {
            return false;
        }

        _rest = _rest[whole..];
        return true;
    }
}
