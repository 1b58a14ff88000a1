using Rouse.Parity.Tests.Runner;

namespace Rouse.Parity.Tests;

public sealed class KnownGapTests
{
    [Fact]
    public void A_difference_is_a_fault_unless_the_gap_is_known()
    {
        Assert.NotNull(Comparison.Fault(asRecorded: false, gap: null));
        Assert.Null(Comparison.Fault(asRecorded: false, gap: "D-000: not built"));
    }

    [Fact]
    public void A_known_gap_that_closes_is_a_fault()
    {
        Assert.Null(Comparison.Fault(asRecorded: true, gap: null));
        Assert.Contains("D-000", Comparison.Fault(asRecorded: true, gap: "D-000: not built"));
    }
}
