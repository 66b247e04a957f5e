; Judged by the manual, where QEMU 7.2 is known to differ: see README.md.
%include "lib.inc"

        ; ring 1 handlers that carry a fault of the inner stack to the driver
ring1_ts:
        mov ebx, 10
        jmp ring1_fault
ring1_ss:
        mov ebx, 12
ring1_fault:
        mov ax, 0xb1
        mov ds, ax
        mov es, ax
        mov eax, [esp]
        mov dword [TSS+8], SEL_DATA
        int 0x31

gate_target:
        mov eax, cs
        mov ecx, ss
        int 0x31
debug_task:
        nop
        nop
        ud2
idt_fault:
        ud2

main:
        SHOW S_VEC|S_ERR|S_EIP|S_CS|S_EAX|S_EBX|S_ECX
        DESCRIPTOR 0x88, 0xf0000, 0xffff, 0x1b, 0x4     ; code not present
        DESCRIPTOR 0x90, 0xf0000, 0xffff, 0x98, 0x4     ; code not accessed yet
        DESCRIPTOR 0x98, 0xf0000, 0xffff, 0x9e, 0x4     ; conforming
        DESCRIPTOR 0xa8, 0xf0000, 0xffff, 0xbb, 0x4     ; ring 1 code
        DESCRIPTOR 0xb0, 0, 0xfffff, 0xb3, 0xc          ; ring 1 data
        DESCRIPTOR 0xb8, 0, 0xfffff, 0x13, 0xc          ; data not present
        mov dword [TSS+12], KSTACK-0x400
        mov dword [TSS+16], 0xb1
        GATE GDT, 0x20, 0x88, gate_target, 0xec, 0      ; selector 0x100
        GATE GDT, 0x21, 0x98, gate_target, 0xec, 0      ; selector 0x108

        BEGIN "jmp through a call gate to a segment not present: #NP"
        jmp 0x100:0
        END
        EXPECT s_vec, 11
        EXPECT s_err, 0x88
        EXPECT s_eip, 0
        RING 3
        BEGIN "ring 3 calls a gate to conforming code: CPL and CS.RPL stay 3"
        call 0x108:0
        END
        EXPECT s_vec, 0x31
        EXPECT s_eax, 0x9b
        EXPECT s_ecx, SEL_UDATA
        RING 0
        BEGIN "ltr of a null selector"
        xor eax, eax
        ltr ax
        END
        EXPECT s_vec, 13
        EXPECT s_err, 0
        BEGIN "a far jump sets the accessed bit"
        jmp 0x90:.a
.a:     jmp SEL_CODE:.b
.b:     mov eax, [GDT+0x94]
        END
        EXPECT s_vec, -1
        EXPECT s_eax, 0x0040990f
        BEGIN "an interrupt sets the accessed bit of its code segment"
        DESCRIPTOR 0x90, 0xf0000, 0xffff, 0x98, 0x4
        GATE IDT, 0x20, 0x90, .h, 0x8e, 0
        int 0x20
        mov eax, [GDT+0x94]
        jmp .end
.h:     iretd
.end:
        END
        EXPECT s_eax, 0x0040990f

        GATE IDT, 10, 0xa8, ring1_ts, 0xee, 0
        GATE IDT, 12, 0xa8, ring1_ss, 0xee, 0
        RING 3
        mov dword [TSS+8], 0xb8
        BEGIN "inner stack not present: #SS with its selector"
        int 0x2f
        END
        EXPECT s_vec, 0x31
        EXPECT s_ebx, 12
        EXPECT s_eax, 0xb8
        mov dword [TSS+8], SEL_UDATA
        BEGIN "inner stack of the wrong ring: #TS with its selector"
        int 0x2f
        END
        EXPECT s_vec, 0x31
        EXPECT s_ebx, 10
        EXPECT s_eax, SEL_UDATA & ~3
        mov dword [TSS+8], SEL_DATA
        GATE IDT, 10, SEL_CODE, exc_entry + 10*exc_size, 0xee, 0
        GATE IDT, 12, SEL_CODE, exc_entry + 12*exc_size, 0xee, 0
        RING 0

        NOTE "the trap bit of a task"
        mov edi, TSS2
        mov ecx, 26
        xor eax, eax
        cld
        rep stosd
        mov dword [TSS2+0x20], debug_task
        mov dword [TSS2+0x24], 2
        mov dword [TSS2+0x38], 0x2f00
        mov dword [TSS2+0x48], SEL_DATA
        mov dword [TSS2+0x4c], SEL_CODE
        mov dword [TSS2+0x50], SEL_DATA
        mov dword [TSS2+0x54], SEL_DATA
        mov dword [TSS2+0x64], 0x680001
        DESCRIPTOR SEL_FREE, TSS2, 0x67, 0x89, 0
        BEGIN "a task with the trap bit begins with #DB"
        jmp SEL_FREE:0
        END
        EXPECT s_vec, 1
        mov eax, debug_task
        sub eax, [v_stub]
        mov [v_tmp], eax
        EXPECT s_eip, [v_tmp]
        mov eax, dr6
        and eax, 0x8000
        mov [v_tmp], eax
        EXPECT v_tmp, 0x8000
        mov eax, 0
        mov dr6, eax

        FINISH
