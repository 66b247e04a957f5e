; Control and debug registers, lmsw smsw clts, descriptor table registers, coprocessor traps, cpuid, rdtsc.
%include "lib.inc"

VALUES cr0_vals, 0x10, 0x12, 0x14, 0x1e, 0x10010, 0x50010, 0x40000030, 0x60000010, 0x38
VALUES msw_vals, 0, 1, 2, 0xe, 0xf, 0xfff0, 0xffff

%if MODE == 16
PE      equ 0
%else
PE      equ 1
%endif

reset:  mov eax, 0x10 | PE
        mov cr0, eax
        ret

main:
        BEFORE reset
        SHOW I_EAX|S_EAX|S_ECX|S_EDX|S_VEC|S_ERR|S_EIP
        A_VALUES cr0_vals
        BEGIN "mov cr0 and back"
        or eax, PE
        mov cr0, eax
        mov ecx, cr0
        mov edx, -1
        smsw dx
        END
        A_VALUES msw_vals
        BEGIN "lmsw"
%if MODE == 16
        and eax, ~1
%endif
        lmsw ax
        mov ecx, cr0
        END
        BEGIN "smsw to memory, clts"
        lmsw [BUF+4]
        mov ecx, cr0
        or ecx, 8
        mov cr0, ecx
        mov dword [BUF], -1
        smsw [BUF]
        mov edx, [BUF]
        clts
        mov ecx, cr0
        END
        A_VALUES one_zero
        BEGIN "cr2 keeps 32 bits"
        mov eax, 0x89abcdef
        mov cr2, eax
        mov ecx, cr2
        END
        BEGIN "cr3 keeps its page address"
        mov eax, 0x12345000
        mov cr3, eax
        mov ecx, cr3
        xor eax, eax
        mov cr3, eax
        END
        BEGIN "cr4"
        mov ecx, cr4
        mov eax, 0x1c
        mov cr4, eax
        mov edx, cr4
        mov cr4, ecx
        END
        NAMED "mov eax, cr1", db 0x0f, 0x20, 0xc8
        NAMED "mov cr5, eax", db 0x0f, 0x22, 0xe8
        NAMED "mov eax, cr6", db 0x0f, 0x20, 0xf0
        NAMED "mov eax, cr7", db 0x0f, 0x20, 0xf8
        BEGIN "mov r, crn ignores mod"
        db 0x0f, 0x20, 0x01             ; mod 0
        mov eax, 0x4711
        db 0x0f, 0x22, 0x10             ; mov cr2, eax
        mov edx, cr2
        END
        BEGIN "dr0 to dr3"
        mov eax, 0x11112222
        mov dr0, eax
        mov eax, 0x33334444
        mov dr1, eax
        mov eax, 0x55556666
        mov dr2, eax
        mov eax, 0x77778888
        mov dr3, eax
        mov eax, dr0
        mov ecx, dr1
        mov edx, dr2
        add edx, eax
        mov eax, dr3
        END
        BEGIN "dr6 dr7 fixed bits"
        mov eax, 0
        mov dr7, eax
        mov ecx, dr7
        mov dr6, eax
        mov edx, dr6
        END

        NOTE "coprocessor traps"
        SHOW I_EAX|S_VEC|S_EIP
        A_VALUES em_vals
%macro TRAP 2
        BEGIN %1
        or eax, 0x10 | PE
        mov cr0, eax
        %2
        END
%endmacro
        TRAP "fnop", {db 0xd9, 0xd0}
        TRAP "fninit", fninit
        TRAP "wait", wait
        TRAP "fld dword m", {fld dword [BUF]}
        A_VALUES one_zero
        call reset

        NOTE "cpuid and rdtsc: only that they work"
        SHOW S_X0|S_VEC
        BEGIN "cpuid 0 is at least 1, cpuid 1 says fpu and tsc, id flag toggles"
        xor eax, eax
        cpuid
        cmp eax, 1
        setae [s_x0]
        mov eax, 1
        cpuid
        and edx, 0x10
        cmp edx, 0x10
        sete [s_x0+1]
        pushfd
        xor dword [esp], 0x200000
        popfd
        pushfd
        pop eax
        bt eax, 21
        setc [s_x0+2]
        END
        BEGIN "rdtsc grows"
        rdtsc
        mov ebx, eax
        mov ecx, edx
        times 40 nop
        rdtsc
        sub eax, ebx
        sbb edx, ecx
        setnc [s_x0]
        END

%if MODE == 32
        NOTE "ring 3"
        SHOW S_EAX|S_VEC|S_ERR|S_EIP
        RING 3
        BEGIN "rdtsc allowed"
        rdtsc
        xor eax, eax
        END
        RING 0
        mov eax, cr4
        or al, 4
        mov cr4, eax
        RING 3
        BEGIN "rdtsc with TSD"
        rdtsc
        xor eax, eax
        END
        RING 0
        BEGIN "rdtsc with TSD in ring 0"
        rdtsc
        xor eax, eax
        END
        NOTE "leaving and entering protected mode"
        SHOW S_EAX|S_ECX|S_EDX|S_VEC
        BEGIN "to real mode and back; big limits survive"
        jmp SEL_CODE16:.a
        bits 16
.a:     mov eax, cr0
        and al, 0xfe
        mov cr0, eax
        jmp 0xf000:.b
.b:     mov ecx, cs
        mov dword [dword 0x120000], 0xabcd1234
        mov edx, [dword 0x120000]
        mov ax, 0
        mov es, ax
        or edx, [es:dword 0x120000]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp SEL_CODE:dword .c
        bits 32
.c:     mov ax, SEL_DATA
        mov es, ax
        END
%else
        NOTE "to protected mode and back"
        SHOW S_EAX|S_ECX|S_EDX|S_VEC
        BEGIN "big real mode"
        lgdt [cs:.gdtr]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp short .p
.p:     mov bx, 8
        mov fs, bx
        and al, 0xfe
        mov cr0, eax
        jmp short .r
.r:     mov ebx, 0x150000
        mov dword [fs:ebx], 0x12345678
        mov ecx, [fs:ebx]
        xor bx, bx
        mov fs, bx
        mov edx, [fs:dword 0x150000]
        jmp short .e
.gdt:   dq 0, 0x008f93000000ffff
.gdtr:  dw 15
        dd .gdt + 0xf0000
.e:
        END
%endif
        FINISH

VALUES em_vals, 0, 4, 8, 0xa, 2
