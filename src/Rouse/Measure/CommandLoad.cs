using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using Rouse.Linux;

namespace Rouse.Tools.Measure;

/// <summary>
/// Clients that are a command of the user's. The time of a connection is that of the command, its own start included; what it prints goes
/// where our own messages go.
/// </summary>
internal sealed class CommandLoad(string command, ushort port) : ILoad
{
    private const int TickMs = 200;
    private const int LookMs = 1;

    public LoadResult Paced(int connections, TimeSpan gap, TimeSpan longest)
    {
        LoadResult result = new();
        long began = Stopwatch.GetTimestamp();
        for (int i = 0; i < connections && Stopwatch.GetElapsedTime(began) < longest; i++)
        {
            Dictionary<int, long> running = [];
            Start(running, result);
            while (running.Count > 0)
            {
                Reap(running, result);
            }

            Thread.Sleep(gap);
        }

        return result;
    }

    public LoadResult Closed(int clients, TimeSpan span, Action? eachTick = null)
    {
        LoadResult result = new();
        Dictionary<int, long> running = [];
        long began = Stopwatch.GetTimestamp();
        long ticked = began;
        while (Stopwatch.GetElapsedTime(began) < span)
        {
            while (running.Count < clients)
            {
                Start(running, result);
            }

            Reap(running, result);
            if (eachTick is not null && Stopwatch.GetElapsedTime(ticked).TotalMilliseconds >= TickMs)
            {
                eachTick();
                ticked = Stopwatch.GetTimestamp();
            }
        }

        while (running.Count > 0)
        {
            Reap(running, result);
        }

        return result;
    }

    private void Start(Dictionary<int, long> running, LoadResult result)
    {
        long began = Stopwatch.GetTimestamp();
        SysResult started = ShellCommand.Start(command, port);
        if (started.Ok)
        {
            running[started.Value] = began;
        }
        else
        {
            result.Fail($"the client: {started.Error.Describe()}");
            Thread.Sleep(TickMs);
        }
    }

    private static void Reap(Dictionary<int, long> running, LoadResult result)
    {
        bool any = false;
        foreach (int pid in (int[])[.. running.Keys])
        {
            if (ChildWait.TryFor(pid, out ChildExit exit))
            {
                any = true;
                double ms = Stopwatch.GetElapsedTime(running[pid]).TotalMilliseconds;
                running.Remove(pid);
                if (exit.IsSuccess)
                {
                    result.Add(ms, ms);
                }
                else
                {
                    result.Fail(exit.Signal > 0 ? $"the client was ended by signal {exit.Signal}" : $"the client exited with {exit.Status}");
                }
            }
        }

        if (!any)
        {
            Thread.Sleep(LookMs);
        }
    }
}
