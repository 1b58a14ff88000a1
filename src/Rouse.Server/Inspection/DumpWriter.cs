using System;
using System.Threading;
using Rouse.Config.Text;
using Rouse.Linux;

namespace Rouse.Server.Inspection;

/// <summary>
/// SIGUSR1: the state of the moment, appended to a file by a thread of its own, so that a disk that does not answer holds up nobody. Until
/// that one is done no other dump is begun. Differs from xinetd: D-048.
/// </summary>
internal sealed class DumpWriter(Keeper keeper)
{
    private bool _writing;

    public void Write()
    {
        string path = keeper.Settings.DumpPath;
        if (_writing)
        {
            keeper.Log.Warning($"the last state dump is still being written to {path}: no other is begun");
            return;
        }

        _writing = true;
        byte[] state = SourceFile.Encode(new StateDump(keeper).Text());
        new Thread(() =>
        {
            SysResult written = Append(path, state);
            keeper.Loop.HandIn(() => Done(path, written));
        })
        {
            IsBackground = true,
            Name = "dump",
        }.Start();
    }

    private SysResult Append(string path, byte[] state)
    {
        SysResult opened = keeper.System.OpenAppend(path);
        if (!opened.Ok)
        {
            return opened;
        }

        SysResult written = SysResult.Success();
        for (int at = 0; at < state.Length && written.Ok; at += written.Value)
        {
            written = keeper.System.Write(opened.Fd, state.AsSpan(at));
            if (written is { Ok: true, Value: 0 })
            {
                written = SysResult.Fail(Errno.EIO);
            }
        }

        keeper.System.Close(opened.Fd);
        return written;
    }

    private void Done(string path, SysResult written)
    {
        _writing = false;
        keeper.Settings.Memory?.GarbageWasMade();
        if (written.Ok)
        {
            keeper.Log.Info($"generated state dump in file {path}");
        }
        else
        {
            keeper.Log.Error($"failed to open {path}: {written.Error.Describe()} (errno = {(int)written.Error})");
        }
    }
}
