using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Rouse.Bench;
using Rouse.Bench.Operations;

// usage: Rouse.Bench ALLOCATIONS.TSV FOLDER [renew]
// Times every operation, and holds what it allocates against the file: exit 1 where that differs. With `renew` the file is written anew.
// Details of the run go to FOLDER.
if (args.Length is not (2 or 3) || (args.Length == 3 && args[2] != "renew"))
{
    Console.Error.WriteLine("usage: Rouse.Bench ALLOCATIONS.TSV FOLDER [renew]");
    return 2;
}

// In this process: the projects of the repository are built in a way of their own that a generated project would have to repeat.
ManualConfig config = ManualConfig.CreateEmpty()
    .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(5).WithIterationCount(12))
    .AddDiagnoser(MemoryDiagnoser.Default)
    .AddColumnProvider(DefaultColumnProviders.Instance)
    .AddLogger(NullLogger.Instance)
    .WithArtifactsPath(args[1]);
Summary summary = BenchmarkRunner.Run<Benchmarks>(config);
Dictionary<string, Allocation> expected = Allocations.Read(args[0]);
Dictionary<string, long> measured = [];
Dictionary<string, BenchmarkReport> reports =
    summary.Reports.ToDictionary(report => (string)report.BenchmarkCase.Parameters[nameof(Benchmarks.Work)], StringComparer.Ordinal);
List<string> faults = [.. summary.ValidationErrors.Where(error => error.IsCritical).Select(error => error.Message)];

Console.WriteLine("| operation | ns | ± ns | bytes allocated |");
Console.WriteLine("|---|---|---|---|");
foreach (string name in Operation.All.Select(operation => operation.Name))
{
    if (!reports.TryGetValue(name, out BenchmarkReport? report) || report.ResultStatistics is not { } times
        || report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) is not { } bytes)
    {
        faults.Add($"{name}: not measured");
        continue;
    }

    measured.Add(name, bytes);
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"| {name} | {times.Mean:F1} | {times.StandardDeviation:F1} | {bytes} |"));
    if (!expected.TryGetValue(name, out Allocation allowed))
    {
        faults.Add($"{name}: allocates {bytes} bytes, and {args[0]} says nothing of it");
    }
    else if (Allocations.IsMore(bytes, allowed.Optimised) || Allocations.IsLess(bytes, allowed.Optimised))
    {
        faults.Add($"{name}: allocates {bytes} bytes; {args[0]} says {allowed.Optimised}");
    }
}

if (args.Length == 3 && measured.Count == Operation.All.Count)
{
    Allocations.Write(args[0], measured);
    return 0;
}

faults.ForEach(Console.Error.WriteLine);
return faults.Count == 0 ? 0 : 1;
