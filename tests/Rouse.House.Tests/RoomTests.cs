using Rouse.House.Tests.Rules;

namespace Rouse.House.Tests;

/// <summary>Rooms know only the rooms below them, and only one of them is unsafe.</summary>
public sealed class RoomTests
{
    private static readonly HouseFile Solution = new("Rouse.slnx", "<Project Path=\"src/Rouse.Access/Rouse.Access.csproj\" />");

    [Fact]
    public void Every_project_keeps_to_its_place() => Expect.NoFaults(ProjectRule.Faults(Repository.Files));

    [Fact]
    public void Every_unsafe_line_has_its_reason_above_it() => Expect.NoFaults(UnsafeRule.Faults(Repository.Files));

    [Theory]
    [InlineData("<ProjectReference Include=\"../Rouse.Linux/Rouse.Linux.csproj\" />", "Rouse.Access may not know Rouse.Linux")]
    [InlineData("<PackageReference Include=\"Spectre.Console\" />", "uses no package")]
    [InlineData("<AllowUnsafeBlocks>true</AllowUnsafeBlocks>", "only Rouse.Linux may be unsafe")]
    public void A_project_out_of_its_place_is_found(string element, string words) =>
        Expect.OneFault(words, ProjectRule.Faults([Solution, Project("src/Rouse.Access/Rouse.Access.csproj", element)]));

    [Fact]
    public void A_project_that_nobody_has_placed_is_found() => Expect.OneFault(
        "without a place",
        ProjectRule.Faults([Solution with { Text = "\"src/Rouse.New/Rouse.New.csproj\"" }, Project("src/Rouse.New/Rouse.New.csproj", "")]));

    [Fact]
    public void A_project_that_the_solution_leaves_out_is_found() => Expect.OneFault(
        "not in Rouse.slnx", ProjectRule.Faults([Solution, Project("tests/A.Tests/A.Tests.csproj", "")]));

    [Fact]
    public void Benchmarks_that_the_solution_builds_are_found() => Expect.OneFault(
        "built with the tests",
        ProjectRule.Faults([Solution with { Text = "\"bench/A/A.csproj\"" }, Project("bench/A/A.csproj", "<PackageReference Include=\"B\" />")]));

    [Fact]
    public void A_package_given_to_every_project_is_found() => Expect.OneFault(
        "linked by every project",
        ProjectRule.Faults([Solution, Project("Directory.Build.props", "<PackageReference Include=\"A\" PrivateAssets=\"all\" />")]));

    [Theory]
    [InlineData("src/Rouse.Linux/A.cs", "unsafe class A;", 1)]
    [InlineData("src/Rouse.Linux/A.cs", "// SAFETY: a local of its own size.\nunsafe class A;", 0)]
    [InlineData("src/Rouse.Linux/A.cs", "// SAFETY: a local of its own size.\n// More.\n[B]\nunsafe class A;", 0)]
    [InlineData("src/Rouse.Linux/A.cs", "// SAFETY:\nunsafe class A;", 1)]
    [InlineData("src/Rouse.Linux/A.cs", "// SAFETY: a local of its own size.\nint x;\nunsafe class A;", 1)]
    [InlineData("src/Rouse.Linux/A.cs", "// SAFETY: a local of its own size.\nunsafe class A\n{\n    unsafe struct B;\n}", 1)]
    [InlineData("src/Rouse.Linux/A.cs", "// says nothing unsafe\nint x;", 0)]
    [InlineData("src/Rouse.Config/A.cs", "// SAFETY: a local of its own size.\nunsafe class A;", 1)]
    [InlineData("tests/A.Tests/A.cs", "unsafe class A;", 0)]
    public void Unsafe_code_without_a_reason_is_found(string path, string text, int faults) =>
        Assert.Equal(faults, System.Linq.Enumerable.Count(UnsafeRule.Faults([new HouseFile(path, text)])));

    private static HouseFile Project(string path, string element) => new(path, $"<Project><ItemGroup>{element}</ItemGroup></Project>");
}
