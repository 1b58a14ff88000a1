using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Rouse.Bench.Operations;

namespace Rouse.Server.Tests.Micro;

/// <summary>What the micro-benchmarks time, counted here without timing: the bytes that each operation allocates.</summary>
public sealed class AllocationTests(ITestOutputHelper output)
{
    private static readonly Dictionary<string, Allocation> Expected =
        Allocations.Read(Path.Combine(AppContext.BaseDirectory, "allocations.tsv"));

    public static TheoryData<string> Names => [.. Operation.All.Select(operation => operation.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_operation_allocates_no_more_than_the_committed_file_says(string name)
    {
        Func<int> run = Operation.All.Single(operation => operation.Name == name).Prepare();
        int times = name.EndsWith("-1000", StringComparison.Ordinal) ? 20 : 20_000;
        Repeat(run, times / 10);
        double each = (double)Allocated.AtLeast(() => Repeat(run, times), Expected[name].InTests * times) / times;
        output.WriteLine($"{name}: {each:F1} bytes, {Expected[name].InTests} in the file");
        Assert.False(Allocations.IsMore(each, Expected[name].InTests), $"{name}: {each:F1} bytes; {Expected[name].InTests} in the file");
    }

    [Fact]
    public void The_committed_file_speaks_of_each_operation_and_no_other() =>
        Assert.Equal(Operation.All.Select(operation => operation.Name).Order(StringComparer.Ordinal), Expected.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("verdict-10")]
    [InlineData("verdict-100000")]
    [InlineData("session-table")]
    [InlineData("log-lines")]
    public void What_serves_a_connection_is_expected_to_allocate_nothing(string name) => Assert.Equal(default, Expected[name]);

    [Theory]
    [InlineData(1, 0, true, false)]
    [InlineData(0, 0, false, false)]
    [InlineData(1019, 1000, false, false)]
    [InlineData(1021, 1000, true, false)]
    [InlineData(979, 1000, false, true)]
    public void Only_what_is_not_nothing_may_be_off_by_a_little(double measured, long expected, bool more, bool less) =>
        Assert.Equal((more, less), (Allocations.IsMore(measured, expected), Allocations.IsLess(measured, expected)));

    private static void Repeat(Func<int> run, int times)
    {
        for (int i = 0; i < times; i++)
        {
            run();
        }
    }
}
