using Rouse.House.Tests.Rules;

namespace Rouse.House.Tests;

public sealed class VocabularyTests
{
    private static readonly HouseFile Page = new("man/a.5", ".Sh DESCRIPTION\n.It Ic other\n.Sh ATTRIBUTES\n.It Ic id\n.It Ic port Ar n\n.Sh FILES\n.It Ic more\n");

    [Fact]
    public void A_page_that_explains_exactly_what_is_known_is_left_alone() =>
        Expect.NoFaults(VocabularyRule.Faults(Page, "ATTRIBUTES", "Ic", ["id", "port"]));

    [Theory]
    [InlineData("id port wait", "does not explain wait")]
    [InlineData("id", "explains port")]
    public void A_gap_between_a_page_and_a_parser_is_found(string known, string words) =>
        Expect.OneFault(words, VocabularyRule.Faults(Page, "ATTRIBUTES", "Ic", known.Split(' ')));
}
