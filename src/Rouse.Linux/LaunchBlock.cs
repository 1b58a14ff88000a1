using System.Runtime.InteropServices;

namespace Rouse.Linux;

/// <summary>
/// The native memory that one server is started from at a time. Images share it: a daemon of a thousand services holds one, as large as
/// the largest of them needs, and an image is laid out in it when another one was started before. It grows where an image is made, never
/// where a server is started.
/// </summary>
// SAFETY: one block of memory, freed with the object; whoever lays out in it has reserved the size before.
public sealed unsafe class LaunchBlock
{
    private byte* _memory;
    private nuint _size;
    private ServerImage? _holder;

    ~LaunchBlock() => NativeMemory.Free(_memory);

    internal ChildPlan* Plan => (ChildPlan*)_memory;

    /// <summary>Before its time; otherwise it goes with the object.</summary>
    internal void Free()
    {
        NativeMemory.Free(_memory);
        _memory = null;
        (_size, _holder) = (0, null);
    }

    /// <summary>Room for an image of this size, in bytes.</summary>
    internal void Reserve(nuint size)
    {
        if (size > _size)
        {
            NativeMemory.Free(_memory);
            _memory = (byte*)NativeMemory.AllocZeroed(size);
            (_size, _holder) = (size, null);
        }
    }

    internal bool Holds(ServerImage image) => ReferenceEquals(_holder, image);

    /// <summary>The block with so many bytes of zeroes, to be laid out by an image that has reserved them.</summary>
    internal byte* Begin(ServerImage image, nuint size)
    {
        NativeMemory.Clear(_memory, size);
        _holder = image;
        return _memory;
    }
}
