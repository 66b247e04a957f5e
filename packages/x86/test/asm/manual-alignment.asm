; Judged by the manual (QEMU's TCG has no alignment check): ring 3, CR0.AM and EFLAGS.AC set.
%include "lib.inc"

main:
        SHOW S_VEC|S_ERR|S_EIP
        mov eax, cr0
        and al, 0xf7
        or eax, 0x40000
        mov cr0, eax
        FLAGS_IN ac_flags
        RING 3
%macro ALIGNED 2+
  %defstr %%text %2
        BEGIN %%text
        mov ebx, BUF
        %2
        END
        EXPECT s_vec, %1
        EXPECT s_err, 0
%endmacro
        ALIGNED 17, mov eax, [ebx+1]
        ALIGNED 17, mov eax, [ebx+2]
        ALIGNED 17, mov ax, [ebx+1]
        ALIGNED 17, mov [ebx+3], eax
        ALIGNED 17, add [ebx+3], eax
        ALIGNED 0x30, mov eax, [ebx+4]
        ALIGNED 0x30, mov ax, [ebx+2]
        ALIGNED 0x30, mov al, [ebx+1]
        FLAGS_IN one_flags
        ALIGNED 0x30, mov eax, [ebx+1]
        RING 0
        FLAGS_IN ac_flags
        ALIGNED -1, mov eax, [ebx+1]
        FINISH

VALUES ac_flags, 0x40002
