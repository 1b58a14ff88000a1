using System;
using Rouse.Config.Text;
using Rouse.Linux;
using Rouse.Server.Loop;

namespace Rouse.Server.Backends;

/// <summary>
/// What a backend writes to its standard output and error, as lines of the daemon's log: why a server does not start is mostly said there. A
/// few lines a second are told and the rest is counted; the server never waits for it.
/// </summary>
internal sealed class BackendOutput : EventSource
{
    public const int MostLinesASecond = 10;
    public const int LongestLine = 300;

    private readonly Keeper _keeper;
    private readonly string _id;
    private readonly byte[] _line = new byte[LongestLine];
    private Fd _readEnd;
    private int _length;
    private long _second;
    private int _told;
    private long _untold;

    private BackendOutput(Keeper keeper, string id, Fd readEnd) => (_keeper, _id, _readEnd) = (keeper, id, readEnd);

    /// <summary>The server's end, which is to be closed when the server has it; null where there is no pipe now.</summary>
    public static BackendOutput? Open(Keeper keeper, string id, out Fd writeEnd)
    {
        const int Capacity = 64 * 1024;
        writeEnd = Fd.None;
        if (!keeper.System.OpenPipe(Capacity, out Pipe pipe).Ok)
        {
            return null;
        }

        BackendOutput output = new(keeper, id, pipe.ReadEnd);
        if (!keeper.Loop.Watch(output, pipe.ReadEnd, PollEvents.In).Ok)
        {
            keeper.System.Close(pipe.ReadEnd);
            keeper.System.Close(pipe.WriteEnd);
            return null;
        }

        // A server waits at a full pipe, as programs expect; the daemon reads what is there and goes on.
        keeper.System.SetBlocking(pipe.WriteEnd, true);
        writeEnd = pipe.WriteEnd;
        return output;
    }

    public override void OnReady(PollEvents events)
    {
        Span<byte> buffer = stackalloc byte[2048];
        SysResult got = _keeper.System.ReadPipe(_readEnd, buffer);
        if (got is { Ok: true, Value: > 0 })
        {
            Take(buffer[..got.Value]);
        }
        else if (got.Ok || got.Error is not (Errno.EAGAIN or Errno.EINTR))
        {
            Close();
        }
    }

    /// <summary>Whoever still writes to it writes to nobody.</summary>
    public void Close()
    {
        if (!_readEnd.IsOpen)
        {
            return;
        }

        EndLine();
        TellUntold();
        _keeper.Loop.Forget(this);
        _keeper.System.Close(_readEnd);
        _readEnd = Fd.None;
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        foreach (byte one in bytes)
        {
            if (one == '\n')
            {
                EndLine();
            }
            else if (_length < LongestLine)
            {
                _line[_length++] = one;
            }
        }
    }

    private void EndLine()
    {
        if (_length == 0)
        {
            return;
        }

        if (_keeper.Loop.NowUnix != _second)
        {
            TellUntold();
            (_second, _told) = (_keeper.Loop.NowUnix, 0);
        }

        if (_told < MostLinesASecond)
        {
            _told++;
            _keeper.Log.Info($"service {_id}: its server says: {SourceFile.Decode(_line.AsSpan(0, _length))}");
        }
        else
        {
            _untold++;
        }

        _length = 0;
    }

    private void TellUntold()
    {
        if (_untold > 0)
        {
            _keeper.Log.Info($"service {_id}: its server has said {_untold} more line{(_untold == 1 ? "" : "s")}");
            _untold = 0;
        }
    }
}
