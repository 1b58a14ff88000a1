namespace Rouse.Linux.Tracing;

/// <summary>Instructions that reach memory by a register and a distance of one byte; rsp and r12 cannot be that register.</summary>
internal sealed partial class StubAssembler
{
    public void Load(Register to, Register at, sbyte offset)
    {
        Wide(to);
        Emit(0x8b);
        Operand(to, at, offset);
    }

    /// <summary>The upper half of the register becomes 0.</summary>
    public void Load32(Register to, Register at, sbyte offset)
    {
        Emit(0x8b);
        Operand(to, at, offset);
    }

    public void LoadAddress(Register to, Register at, sbyte offset)
    {
        Wide(to);
        Emit(0x8d);
        Operand(to, at, offset);
    }

    public void Store(Register at, sbyte offset, Register from)
    {
        Wide(from);
        Emit(0x89);
        Operand(from, at, offset);
    }

    public void Store32(Register at, sbyte offset, Register from)
    {
        Emit(0x89);
        Operand(from, at, offset);
    }

    public void Compare(Register at, sbyte offset, Register with)
    {
        Wide(with);
        Emit(0x39);
        Operand(with, at, offset);
    }

    public void Compare32(Register at, sbyte offset, Register with)
    {
        Emit(0x39);
        Operand(with, at, offset);
    }

    public void Compare(Register at, sbyte offset, sbyte value)
    {
        Emit(0x48, 0x83);
        Operand((Register)7, at, offset);
        Emit((byte)value);
    }

    public void Compare32(Register at, sbyte offset, sbyte value)
    {
        Emit(0x83);
        Operand((Register)7, at, offset);
        Emit((byte)value);
    }

    public void CompareWideRax(int value)
    {
        Emit(0x48, 0x3d);
        Number(value);
    }

    /// <param name="to">None from r8 on.</param>
    public void Move(Register to, Register from)
    {
        Wide(from);
        Emit(0x89, (byte)(0xc0 | (((int)from & 7) << 3) | (int)to));
    }

    public void Add(Register to, sbyte value) => Emit(0x48, 0x83, (byte)(0xc0 | (int)to), (byte)value);

    public void NegateRax() => Emit(0x48, 0xf7, 0xd8);

    public void TestRcx() => Emit(0x48, 0x85, 0xc9);

    public void Push(Register register) => Emit((byte)(0x50 + (int)register));

    public void Pop(Register register) => Emit((byte)(0x58 + (int)register));

    public void Return() => Emit(0xc3);

    // ModRM with mod 01: a displacement of one byte follows. The register may be the rest of an operation's number.
    private void Operand(Register register, Register at, sbyte offset) =>
        Emit((byte)(0x40 | (((int)register & 7) << 3) | (int)at), (byte)offset);
}
