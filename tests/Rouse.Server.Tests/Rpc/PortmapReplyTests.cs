using System;
using CsCheck;
using Rouse.Server.Rpc;

namespace Rouse.Server.Tests.Rpc;

/// <summary>What a portmapper sends may be anything.</summary>
public sealed class PortmapReplyTests
{
    private static readonly byte[] Yes =
    [
        0x80, 0, 0, 28, 0, 0, 0, 7, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
    ];

    [Fact]
    public void A_whole_answer_says_yes_or_no()
    {
        Assert.True(PortmapReply.TryRead(Yes, 7, out PortmapOutcome outcome));
        Assert.Equal(PortmapOutcome.Done, outcome);

        byte[] no = [.. Yes[..^1], 0];
        Assert.True(PortmapReply.TryRead(no, 7, out outcome));
        Assert.Equal(PortmapOutcome.Refused, outcome);
    }

    [Fact]
    public void Bytes_are_awaited_until_the_record_is_whole()
    {
        for (int length = 0; length < Yes.Length; length++)
        {
            Assert.False(PortmapReply.TryRead(Yes.AsSpan(0, length), 7, out _));
        }
    }

    [Fact]
    public void An_answer_to_another_call_is_none()
    {
        Assert.True(PortmapReply.TryRead(Yes, 8, out PortmapOutcome outcome));
        Assert.Equal(PortmapOutcome.NoAnswer, outcome);
    }

    [Fact]
    public void No_bytes_break_it_and_a_full_buffer_is_always_decided() =>
        Gen.Byte.Array[PortmapReply.MaxSize].Sample(bytes => PortmapReply.TryRead(bytes, 7, out _));

    [Fact]
    public void An_answer_with_any_byte_changed_is_read_without_a_fault() =>
        Gen.Select(Gen.Int[0, Yes.Length - 1], Gen.Byte).Sample((at, value) =>
        {
            byte[] bytes = [.. Yes];
            bytes[at] = value;
            PortmapReply.TryRead(bytes, 7, out _);
        });
}
