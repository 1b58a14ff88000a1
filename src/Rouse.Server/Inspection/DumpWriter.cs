using System;
using Rouse.Config.Text;
using Rouse.Linux;
using Rouse.Server.Loop;

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
        bool begun = LoopThread.TryStart("dump", () =>
        {
            string fault = Append(path, state);
            keeper.Loop.HandIn(() => Done(path, fault));
        });
        if (!begun)
        {
            Done(path, $"no thread can be made to write the state dump to {path}");
        }
    }

    // What went wrong, in the words of the log; empty when nothing did.
    private string Append(string path, byte[] state)
    {
        SysResult opened = keeper.System.OpenAppend(path);
        if (!opened.Ok)
        {
            return $"failed to open {path}: {opened.Error.Describe()} (errno = {(int)opened.Error})";
        }

        string fault = "";
        for (int at = 0; at < state.Length && fault.Length == 0;)
        {
            SysResult written = keeper.System.Write(opened.Fd, state.AsSpan(at));
            at += Math.Max(written.Value, 0);
            fault = written is { Ok: true, Value: > 0 }
                ? ""
                : $"failed to write {path}: {written.Error.Describe()} (errno = {(int)written.Error})";
        }

        keeper.System.Close(opened.Fd);
        return fault;
    }

    private void Done(string path, string fault)
    {
        _writing = false;
        keeper.Settings.Memory?.GarbageWasMade();
        if (fault.Length == 0)
        {
            keeper.Log.Info($"generated state dump in file {path}");
        }
        else
        {
            keeper.Log.Error(fault);
        }
    }
}
