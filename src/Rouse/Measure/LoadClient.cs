using System;
using System.Diagnostics;
using Rouse.Linux;
using Rouse.Server.Loop;

namespace Rouse.Tools.Measure;

/// <summary>One client of a <see cref="ConnectionLoad"/>, used again for each of its connections.</summary>
internal sealed class LoadClient : EventSource
{
    private const long PatienceMs = 10_000;

    private readonly ConnectionLoad _load;
    private readonly ISystem _system;
    private readonly EventLoop _loop;
    private readonly SocketAddress _target;
    private readonly byte[] _request;
    private readonly bool _keepsOpen;
    private readonly byte[] _buffer = new byte[16 * 1024];
    private readonly LoopTimer _patience;
    private Fd _socket = Fd.None;
    private bool _isConnected;
    private int _sent;
    private long _began;
    private double _firstByteMs;

    public LoadClient(ConnectionLoad load, ISystem system, EventLoop loop, SocketAddress target, byte[] request, bool keepsOpen)
    {
        _load = load;
        _system = system;
        _loop = loop;
        _target = target;
        _request = request;
        _keepsOpen = keepsOpen;
        _patience = new LoopTimer(() => End($"no answer within {PatienceMs / 1000} seconds"));
        Again = new LoopTimer(() =>
        {
            if (!load.IsOver)
            {
                load.Begin(this);
            }
        });
    }

    /// <summary>Connects once more.</summary>
    public LoopTimer Again { get; }

    public void Connect()
    {
        _isConnected = false;
        _sent = 0;
        _firstByteMs = -1;
        _began = Stopwatch.GetTimestamp();
        SysResult started = _system.StartConnect(_target, SocketAddress.None);
        if (!started.Ok)
        {
            _load.Failed(this, $"connect: {started.Error.Describe()}");
            return;
        }

        _socket = started.Fd;
        _loop.Watch(this, _socket, PollEvents.Out);
        _loop.Set(_patience, PatienceMs);
    }

    public override void OnReady(PollEvents events)
    {
        if (!_isConnected)
        {
            Errno error = _system.ConnectError(_socket);
            if (error != Errno.None)
            {
                End($"connect: {error.Describe()}");
                return;
            }

            _isConnected = true;
        }

        if (_sent < _request.Length && !Send())
        {
            return;
        }

        if (_sent >= 0)
        {
            // All is sent: from now on the answer is waited for.
            _sent = int.MinValue;
            if (!_keepsOpen)
            {
                _system.Shutdown(_socket, ShutdownSide.Send);
            }

            _loop.Rewatch(this, _socket, PollEvents.In);
        }

        Receive();
    }

    private bool Send()
    {
        if (_sent < 0)
        {
            return true;
        }

        SysResult sent = _system.Send(_socket, _request.AsSpan(_sent));
        if (sent.Ok)
        {
            _sent += sent.Value;
        }
        else if (sent.Error is not (Errno.EAGAIN or Errno.EINTR))
        {
            End($"send: {sent.Error.Describe()}");
            return false;
        }

        return _sent == _request.Length;
    }

    private void Receive()
    {
        while (true)
        {
            SysResult got = _system.Receive(_socket, _buffer);
            if (!got.Ok)
            {
                // A server that ends without having read all that was sent resets; its answer has come all the same.
                if (got.Error == Errno.ECONNRESET && _firstByteMs >= 0)
                {
                    End(null);
                }
                else if (got.Error != Errno.EAGAIN)
                {
                    End($"receive: {got.Error.Describe()}");
                }

                return;
            }

            _firstByteMs = _firstByteMs < 0 ? Stopwatch.GetElapsedTime(_began).TotalMilliseconds : _firstByteMs;
            if (got.Value == 0 || _keepsOpen)
            {
                End(null);
                return;
            }
        }
    }

    private void End(string? fault)
    {
        double whole = Stopwatch.GetElapsedTime(_began).TotalMilliseconds;
        _patience.Cancel();
        _loop.Forget(this);
        _system.Close(_socket);
        if (fault is null)
        {
            _load.Answered(this, _firstByteMs, whole);
        }
        else
        {
            _load.Failed(this, fault);
        }
    }
}
