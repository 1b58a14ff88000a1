using System;
using Rouse.Linux;
using Rouse.Server.Loop;

namespace Rouse.Server.Control;

/// <summary>
/// One control connection: requests of one line each, answered one after the other. A line is at most <see cref="LongestRequest"/> bytes;
/// an answer is written as fast as it is read, and nothing more is read meanwhile; ten seconds without any progress end the connection.
/// </summary>
internal sealed class ControlConnection : EventSource
{
    public const int LongestRequest = 4096;
    public const long IdleMs = 10_000;

    private readonly Keeper _keeper;
    private readonly ControlServer _server;
    private readonly Fd _connection;
    private readonly LoopTimer _idle;
    private readonly byte[] _request = new byte[LongestRequest];
    private int _requestLength;
    private JsonLine? _answer;
    private int _sent;
    private PollEvents _watchedFor = PollEvents.In;
    private bool _awaitsAnswer;
    private bool _handles;
    private bool _closed;
    private long _progressMs;

    public ControlConnection(Keeper keeper, ControlServer server, Fd connection)
    {
        _keeper = keeper;
        _server = server;
        _connection = connection;
        _idle = new LoopTimer(EndIfIdle);
    }

    public void Begin()
    {
        Progress();
        _keeper.Loop.Set(_idle, IdleMs);
        if (!_keeper.Loop.Watch(this, _connection, PollEvents.In).Ok)
        {
            Close();
        }
    }

    public override void OnReady(PollEvents events)
    {
        if (_awaitsAnswer)
        {
            // Nothing is watched for but the end of the connection.
            Close();
            return;
        }

        if (_answer is not null)
        {
            Send();
        }
        else
        {
            Receive();
        }

        HandleWaiting();
    }

    /// <summary>The answer takes until something has happened; <see cref="Answer"/> comes later.</summary>
    public void AwaitAnswer() => _awaitsAnswer = true;

    /// <summary>Sends an answer; one for a connection that has ended meanwhile is dropped.</summary>
    public void Answer(JsonLine answer)
    {
        if (_closed)
        {
            return;
        }

        _awaitsAnswer = false;
        _answer = answer;
        _sent = 0;
        Progress();
        Send();
        HandleWaiting();
    }

    private void Receive()
    {
        SysResult got = _keeper.System.Receive(_connection, _request.AsSpan(_requestLength));
        if (got is { Ok: true, Value: > 0 })
        {
            _requestLength += got.Value;
            Progress();
        }
        else if (got.Ok || got.Error is not (Errno.EAGAIN or Errno.EINTR))
        {
            Close();
        }
    }

    // Requests that came together are answered one after the other, each when the answer before it has gone.
    private void HandleWaiting()
    {
        if (_handles)
        {
            return;
        }

        _handles = true;
        while (!_closed && !_awaitsAnswer && _answer is null && HandleNext())
        {
        }

        _handles = false;
        if (!_closed)
        {
            WatchFor(_awaitsAnswer ? PollEvents.None : _answer is null ? PollEvents.In : PollEvents.Out);
        }
    }

    // False when no whole request is there.
    private bool HandleNext()
    {
        int end = _request.AsSpan(0, _requestLength).IndexOf((byte)'\n');
        if (end >= 0)
        {
            ReadOnlySpan<byte> line = _request.AsSpan(0, end).TrimEnd((byte)'\r');
            string fault = ControlRequest.Parse(line, out ControlRequest request);
            _request.AsSpan(end + 1, _requestLength - end - 1).CopyTo(_request);
            _requestLength -= end + 1;
            ControlVerbs.Answer(_keeper, this, request, fault);
            return true;
        }

        if (_requestLength < _request.Length)
        {
            return false;
        }

        _requestLength = 0;
        ControlVerbs.Answer(_keeper, this, default, $"a request is at most {LongestRequest} bytes");
        return true;
    }

    private void Send()
    {
        JsonLine answer = _answer!;
        SysResult sent = _keeper.System.Send(_connection, answer.Bytes[_sent..]);
        if (sent.Ok)
        {
            _sent += sent.Value;
            _answer = _sent == answer.Length ? null : answer;
            Progress();
        }
        else if (sent.Error is not (Errno.EAGAIN or Errno.EINTR))
        {
            Close();
        }
    }

    private void WatchFor(PollEvents events)
    {
        if (events == _watchedFor)
        {
            return;
        }

        _watchedFor = events;
        if (!_keeper.Loop.Rewatch(this, _connection, events).Ok)
        {
            Close();
        }
    }

    private void Progress() => _progressMs = _keeper.Loop.NowMs;

    private void EndIfIdle()
    {
        long left = _progressMs + IdleMs - _keeper.Loop.NowMs;
        if (_awaitsAnswer || left > 0)
        {
            _keeper.Loop.Set(_idle, _awaitsAnswer ? IdleMs : left);
        }
        else
        {
            Close();
        }
    }

    private void Close()
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        _idle.Cancel();
        _answer = null;
        _keeper.Loop.Forget(this);
        _keeper.System.Close(_connection);
        _server.Forget(this);
    }
}
