using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using Rouse.Linux;
using Rouse.Server.Loop;

namespace Rouse.Tools.Measure;

/// <summary>
/// Runs a server in each of its ways and measures it: single connections with room between them, then as many as it serves, then what its
/// processes hold. Ways that are not possible are told and left out.
/// </summary>
internal sealed class Measurement(ISystem system, MeasureRequest request, string folder, Action<string> progress)
{
    private const int LeastSamples = 20;
    private const int MostSamples = 200;
    private static readonly TimeSpan LeastGap = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan HoldTime = TimeSpan.FromMilliseconds(300);

    private readonly EventLoop _loop = new(system);
    private readonly List<WayFigures> _figures = [];
    private readonly List<string> _left = [];
    private readonly List<string> _notes = [];

    /// <summary>Why ways were left out.</summary>
    public IReadOnlyList<string> LeftOut => _left;

    /// <summary>What makes the figures doubtful.</summary>
    public IReadOnlyList<string> Notes => _notes;

    public IReadOnlyList<WayFigures> Run()
    {
        foreach (Way way in request.Ways)
        {
            if (!IsAskedFor(way))
            {
                continue;
            }

            progress($"{way.Name()}: starting");
            if (Take(way, out string fault) is { } figures)
            {
                _figures.Add(figures);
                if (way != Way.Standalone && ServerEnds.Note($"{folder}/service.log") is { Length: > 0 } note)
                {
                    _notes.Add($"{way.Name()}: {note}");
                }
            }
            else
            {
                _left.Add($"{way.Name()}: {fault}");
            }
        }

        return _figures;
    }

    private bool IsAskedFor(Way way) => way switch
    {
        Way.Warm or Way.Shared => !request.Server.TakesListener,
        Way.Resident => request.Server.TakesListener,
        Way.Standalone => request.StandaloneCommand.Length > 0,
        _ => true,
    };

    private WayFigures? Take(Way way, out string fault)
    {
        using MeasuredProcess? process = Start(way, out fault);
        return process is null ? null : Take(way, process, out fault);
    }

    private MeasuredProcess? Start(Way way, out string fault)
    {
        Files.Unlink($"{folder}/service.log");
        string parked = request.Clients.ToString(CultureInfo.InvariantCulture);
        return way switch
        {
            Way.Standalone => MeasuredProcess.Standalone(system, request.StandaloneCommand, out fault),
            Way.Cold => MeasuredProcess.Daemon(system, request, "on-demand", folder, out fault),
            Way.Warm => MeasuredProcess.Daemon(system, request, $"warm {parked}", folder, out fault),
            Way.Shared => MeasuredProcess.Daemon(system, request, "warm shared", folder, out fault),
            _ => MeasuredProcess.Daemon(system, request, "resident", folder, out fault),
        };
    }

    private WayFigures? Take(Way way, MeasuredProcess process, out string fault)
    {
        int parked = way switch
        {
            Way.Warm => request.Clients,
            Way.Shared => 1,
            _ => 0,
        };
        fault = "";
        if (way == Way.Resident && !process.AwaitResident())
        {
            fault = $"the server does not stay:\n{process.Log}".TrimEnd();
        }

        if (fault.Length > 0 || (parked > 0 && !process.AwaitParked(parked, out fault)))
        {
            return null;
        }

        double idle = process.MemoryKib;
        ILoad load = request.ClientCommand.Length > 0
            ? new CommandLoad(request.ClientCommand, process.Port)
            : new ConnectionLoad(system, _loop, FreePort.At(process.Port), request.Request, request.KeepsOpen);

        // The first connection finds cold files and is nobody's usual one.
        progress($"{way.Name()}: one connection at a time");
        double first = load.Paced(1, LeastGap, request.Phase).Whole(0.5);
        TimeSpan gap = TimeSpan.FromMilliseconds(Math.Max(LeastGap.TotalMilliseconds, ColdStartMs(way, first) * 3));
        int samples = Math.Clamp((int)(request.Phase / gap), LeastSamples, MostSamples);
        LoadResult single = load.Paced(samples, gap, request.Phase * 5);
        if (single.Count == 0)
        {
            fault = $"no connection was served: {single.Error}";
            return null;
        }

        progress($"{way.Name()}: {request.Clients} clients");
        double cpuBefore = process.CpuMs;
        LoadResult many = load.Closed(request.Clients, request.Phase);
        double cpu = process.CpuMs - cpuBefore;
        progress($"{way.Name()}: memory");
        List<double> held = [];
        load.Closed(request.Clients, request.Phase / 2, () => held.Add(process.MemoryKib));
        fault = "";
        return new WayFigures
        {
            Way = way,
            FirstByteP50 = single.FirstByte(0.5),
            FirstByteP99 = single.FirstByte(0.99),
            WholeP50 = single.Whole(0.5),
            ConnectionsPerSecond = many.Count / request.Phase.TotalSeconds,
            IdleKib = idle,
            LoadKib = Math.Max(LoadResult.Quantile(held, 0.5), idle),

            // A parked server that is taken costs what it cost before; while its successor starts there is more to be seen.
            ConnectionKib = way == Way.Warm ? idle / parked : ConnectionKib(process, LoadResult.Quantile(held, 0.5) - idle),
            CpuMs = cpu / Math.Max(many.Count, 1),
            Parked = parked,
            Errors = single.Errors + many.Errors,
        };
    }

    // A pool must have the time to fill up again.
    private double ColdStartMs(Way way, double firstMs) =>
        way is Way.Warm or Way.Shared && _figures.Find(one => one.Way == Way.Cold) is { } cold ? cold.WholeP50 : firstMs;

    // One client that is connected and says nothing. A server that ends at once leaves only what the load has shown.
    private double ConnectionKib(MeasuredProcess process, double underLoad)
    {
        double before = process.MemoryKib;
        ConnectionLoad silent = new(system, _loop, FreePort.At(process.Port), [], keepsOpen: true);
        Fd held = silent.Hold();
        Thread.Sleep(HoldTime);
        double added = process.MemoryKib - before;
        if (held != Fd.None)
        {
            system.Close(held);
        }

        return added > 0 ? added : Math.Max(underLoad / request.Clients, 0);
    }
}
