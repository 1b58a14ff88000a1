using System;
using System.Linq;
using System.Text;

namespace Rouse.Access.Tests;

public sealed class RefusalReasonTests
{
    [Theory]
    [InlineData(RefusalReason.None, "")]
    [InlineData(RefusalReason.ConnectionsPerSecond, "connections per second")]
    [InlineData(RefusalReason.Load, "load")]
    [InlineData(RefusalReason.Time, "time")]
    [InlineData(RefusalReason.ServiceLimit, "service_limit")]
    [InlineData(RefusalReason.PerSourceLimit, "per_source_limit")]
    [InlineData(RefusalReason.ProcessLimit, "process_limit")]
    [InlineData(RefusalReason.Address, "address")]
    [InlineData(RefusalReason.Libwrap, "libwrap")]
    [InlineData(RefusalReason.Fork, "fork")]
    public void Reasons_are_logged_in_the_originals_words(RefusalReason reason, string words) =>
        Assert.Equal(words, Encoding.ASCII.GetString(reason.LogText()));

    [Fact]
    public void Every_reason_has_words_of_its_own()
    {
        string[] words = [.. Enum.GetValues<RefusalReason>().Select(reason => Encoding.ASCII.GetString(reason.LogText()))];
        Assert.Equal(words.Length, words.Distinct().Count());
    }
}
