using System;
using System.Collections.Generic;
using System.Diagnostics;
using Rouse.Linux;
using Rouse.Server.Loop;

namespace Rouse.Tools.Measure;

/// <summary>TCP clients in this process: connect, send the request, say that this was all, and read to the end.</summary>
internal sealed class ConnectionLoad(ISystem system, EventLoop loop, SocketAddress target, byte[] request, bool keepsOpen) : ILoad
{
    private const int TickMs = 200;

    private readonly List<LoadClient> _idle = [];
    private LoadResult _result = new();
    private bool _isOver;
    private int _busy;

    public LoadResult Paced(int connections, TimeSpan gap, TimeSpan longest)
    {
        _result = new LoadResult();
        _isOver = true;
        long began = Stopwatch.GetTimestamp();
        for (int i = 0; i < connections && Stopwatch.GetElapsedTime(began) < longest; i++)
        {
            Begin();
            Await(() => _busy == 0);
            bool waited = false;
            loop.Set(new LoopTimer(() => waited = true), (long)gap.TotalMilliseconds);
            Await(() => waited);
        }

        return _result;
    }

    public LoadResult Closed(int clients, TimeSpan span, Action? eachTick = null)
    {
        _result = new LoadResult();
        _isOver = false;
        LoopTimer? tick = null;
        tick = new LoopTimer(() =>
        {
            eachTick!();
            loop.Set(tick!, TickMs);
        });
        if (eachTick is not null)
        {
            loop.Set(tick, TickMs);
        }

        LoopTimer end = new(() => _isOver = true);
        loop.Set(end, (long)span.TotalMilliseconds);
        for (int i = 0; i < clients; i++)
        {
            Begin();
        }

        Await(() => _isOver && _busy == 0);
        tick.Cancel();
        return _result;
    }

    /// <summary>A connection that is opened and left alone, to see what it costs; close it.</summary>
    public Fd Hold() => system.StartConnect(target, SocketAddress.None) is { Ok: true } opened ? opened.Fd : Fd.None;

    internal void Answered(LoadClient client, double firstByteMs, double wholeMs)
    {
        _result.Add(firstByteMs, wholeMs);
        Ended(client);
    }

    internal void Failed(LoadClient client, string why)
    {
        _result.Fail(why);
        Ended(client);
    }

    private void Ended(LoadClient client)
    {
        _busy--;
        _idle.Add(client);
        if (!_isOver)
        {
            // A turn later: a server that refuses at once must not keep us from ever leaving this call.
            loop.Set(client.Again, 0);
        }
    }

    private void Begin()
    {
        LoadClient client;
        if (_idle.Count > 0)
        {
            client = _idle[^1];
            _idle.RemoveAt(_idle.Count - 1);
        }
        else
        {
            client = new LoadClient(this, system, loop, target, request, keepsOpen);
        }

        Begin(client);
    }

    internal void Begin(LoadClient client)
    {
        _idle.Remove(client);
        _busy++;
        client.Connect();
    }

    internal bool IsOver => _isOver;

    private void Await(Func<bool> condition)
    {
        while (!condition())
        {
            loop.Turn();
        }
    }
}
