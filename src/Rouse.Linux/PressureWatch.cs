using System;

namespace Rouse.Linux;

/// <summary>
/// Pressure stall information (proc_pressure_memory(5)): a descriptor that has an exceptional event (EPOLLPRI) when processes have waited
/// for memory too long.
/// </summary>
public static class PressureWatch
{
    // 200 ms in two seconds: the window that everybody may ask for, without CAP_SYS_RESOURCE.
    private static ReadOnlySpan<byte> Trigger => "some 200000 2000000\0"u8;

    /// <summary>Not every kernel has it, and not every container lets it be asked.</summary>
    public static SysResult OpenMemory()
    {
        SysResult opened = Files.OpenToAsk("/proc/pressure/memory");
        if (!opened.Ok)
        {
            return opened;
        }

        SysResult asked = Files.Write(opened.Fd, Trigger);
        if (asked.Ok)
        {
            return opened;
        }

        Sockets.Close(opened.Fd);
        return asked;
    }
}
