using System;
using System.Collections.Generic;
using System.Linq;
using BenchmarkDotNet.Attributes;
using Rouse.Bench.Operations;

namespace Rouse.Bench;

/// <summary>Every operation as a benchmark. The call through a delegate costs a nanosecond or two and is part of each time.</summary>
public class Benchmarks
{
    private Func<int> _run = () => 0;

    [ParamsSource(nameof(Names))]
    public string Work { get; set; } = "";

    public static IEnumerable<string> Names => Operation.All.Select(operation => operation.Name);

    [GlobalSetup]
    public void Prepare() => _run = Operation.All.Single(operation => operation.Name == Work).Prepare();

    [Benchmark]
    public int Once() => _run();
}
