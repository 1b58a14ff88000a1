using System.Linq;
using Rouse.House.Tests.Rules;

namespace Rouse.House.Tests;

public sealed class TextTests
{
    [Fact]
    public void No_file_speaks_of_somebodys_machine() => Expect.NoFaults(TextRule.ForbiddenWords(Repository.Files));

    [Fact]
    public void No_source_file_is_longer_than_a_reader_can_hold() => Expect.NoFaults(TextRule.LongFiles(Repository.Files));

    [Fact]
    public void A_path_of_somebodys_machine_is_found() =>
        Expect.OneFault("a.md:2", TextRule.ForbiddenWords([new HouseFile("a.md", "one\nsee /wor" + "k/here")]));

    [Fact]
    public void A_file_that_is_too_long_is_found()
    {
        string full = string.Concat(Enumerable.Repeat("//\n", TextRule.MostLines));
        Expect.NoFaults(TextRule.LongFiles([new HouseFile("a.cs", full)]));
        Expect.OneFault("601 lines", TextRule.LongFiles([new HouseFile("a.cs", full + "//\n")]));
    }
}
