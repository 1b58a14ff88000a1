using System;
using Rouse.Linux;
using Rouse.Server.Loop;

namespace Rouse.Server.Warm;

/// <summary>Hears from the kernel that memory is short; deaf where the kernel does not tell.</summary>
internal sealed class MemoryPressure(EventLoop loop, Action isShort) : EventSource
{
    private Fd _fd = Fd.None;

    public void Open()
    {
        SysResult opened = _fd.IsOpen ? SysResult.Fail(Errno.EEXIST) : loop.System.OpenMemoryPressure();
        if (opened.Ok && loop.Watch(this, opened.Fd, PollEvents.Exceptional).Ok)
        {
            _fd = opened.Fd;
        }
        else if (opened.Ok)
        {
            loop.System.Close(opened.Fd);
        }
    }

    public void Close()
    {
        if (_fd.IsOpen)
        {
            loop.Forget(this);
            loop.System.Close(_fd);
            _fd = Fd.None;
        }
    }

    public override void OnReady(PollEvents events)
    {
        if (events.HasFlag(PollEvents.Error))
        {
            Close();
        }
        else
        {
            isShort();
        }
    }
}
