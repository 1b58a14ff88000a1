using System;
using System.Buffers.Binary;

namespace Rouse.Server.Rpc;

/// <summary>What became of a <see cref="PortmapCall"/>.</summary>
internal enum PortmapOutcome
{
    /// <summary>It is entered, or removed.</summary>
    Done,

    /// <summary>The portmapper said no: another program is entered there, or nothing to remove was.</summary>
    Refused,

    /// <summary>There was no answer, or none that can be understood.</summary>
    NoAnswer,
}

/// <summary>The answer to a <see cref="PortmapCall"/>: a record with a reply of ONC RPC (RFC 5531) that holds one boolean.</summary>
internal static class PortmapReply
{
    /// <summary>The longest record that is taken; the longest verifier is 400 bytes.</summary>
    public const int MaxSize = 512;

    private const uint LastFragment = 0x8000_0000;
    private const uint Reply = 1;

    /// <summary>False while bytes are missing. Any record that is no answer to call <paramref name="id"/> is <see cref="PortmapOutcome.NoAnswer"/>.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, uint id, out PortmapOutcome outcome)
    {
        outcome = PortmapOutcome.NoAnswer;
        if (bytes.Length < 4)
        {
            return false;
        }

        uint mark = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        uint length = mark & ~LastFragment;
        if ((mark & LastFragment) == 0 || length > MaxSize - 4)
        {
            return true;
        }

        if ((uint)bytes.Length - 4 < length)
        {
            return false;
        }

        XdrReader xdr = new(bytes.Slice(4, (int)length));
        bool understood = xdr.Word(out uint answered) && answered == id
            && xdr.Word(out uint kind) && kind == Reply
            && xdr.Word(out uint accepted) && accepted == 0
            && xdr.Word(out _) && xdr.SkipOpaque()
            && xdr.Word(out uint success) && success == 0;
        if (understood && xdr.Word(out uint yes))
        {
            outcome = yes == 0 ? PortmapOutcome.Refused : PortmapOutcome.Done;
        }

        return true;
    }
}
