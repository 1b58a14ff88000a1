using System.Runtime.InteropServices;

namespace Rouse.Linux.Starting;

/// <summary>
/// One step of a child on its way to its program: a system call, and what to make of its result. A child is a list of them, of which the last
/// is execve(2); the first that fails ends it.
/// </summary>
// SAFETY: lies in the memory of its plan, and points into that, or to memory that is never freed.
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct StartCall
{
    /// <summary>For <see cref="Tolerated"/>: whatever the call says.</summary>
    public const int AnyError = -1;

    /// <summary>For <see cref="Expected"/>: everything but an error is as it should be.</summary>
    public const nint AnyResult = -1;

    public nint Number;
    public nint A;
    public nint B;
    public nint C;
    public nint D;

    /// <summary>Where the result goes, perhaps into a later call; null: nowhere.</summary>
    public nint* StoreAt;

    /// <summary>The one result that is good, or <see cref="AnyResult"/>.</summary>
    public nint Expected;

    /// <summary>What the child has failed at when this call has failed.</summary>
    public LaunchStage Stage;

    /// <summary>The one error that does no harm, or <see cref="AnyError"/>, or 0.</summary>
    public int Tolerated;
}
