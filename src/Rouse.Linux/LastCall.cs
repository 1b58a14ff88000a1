using System.Runtime.InteropServices;

namespace Rouse.Linux;

/// <summary>Turns a call's return value and errno into a <see cref="SysResult"/>.</summary>
internal static class LastCall
{
    public static Errno Error() => (Errno)Marshal.GetLastPInvokeError();

    public static SysResult Result(int value) => value < 0 ? SysResult.Fail(Error()) : SysResult.Success(value);

    public static SysResult Result(nint value) => Result((int)value);
}
