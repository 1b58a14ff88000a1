using System.Runtime.InteropServices;
using System.Threading;
using Rouse.Linux.Starting;

namespace Rouse.Linux;

/// <summary>The native memory that one server at a time is started from: <see cref="LaunchBlocks"/>.</summary>
// SAFETY: one block of memory; nothing changes it or gives it back while a child is on its way. Whoever lays out in it has asked for the size.
internal sealed unsafe class LaunchBlock
{
    private byte* _memory;
    private nuint _size;
    private ServerImage? _holder;

    public ChildPlan* Plan => (ChildPlan*)_memory;

    /// <summary>No child is on its way, and none has failed of which nobody has taken notice.</summary>
    public bool IsFree => _memory == null || (!IsOnItsWay && Plan->FailedStage == LaunchStage.None);

    /// <summary>A child has not become its server yet, nor ended.</summary>
    public bool IsOnItsWay => _memory != null && Volatile.Read(ref Plan->OnItsWay) != 0;

    public bool Holds(ServerImage image) => ReferenceEquals(_holder, image);

    /// <summary>The block with so many bytes of zeroes, to be laid out by an image.</summary>
    public byte* Begin(ServerImage image, nuint size)
    {
        if (size > _size)
        {
            NativeMemory.Free(_memory);
            _memory = (byte*)NativeMemory.AllocZeroed(size);
            _size = size;
        }
        else
        {
            NativeMemory.Clear(_memory, size);
        }

        _holder = image;
        return _memory;
    }

    /// <summary>Gives the memory back, unless a child is on its way: somebody has stopped that one, and it may go on at any time.</summary>
    public void Free()
    {
        if (!IsOnItsWay)
        {
            NativeMemory.Free(_memory);
        }

        _memory = null;
        (_size, _holder) = (0, null);
    }
}
