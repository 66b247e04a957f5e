; Judged by the manual (QEMU 7.2 crashes on them): execution breakpoints in the debug registers.
%include "lib.inc"

BASE    equ 0xf0000

clear:  mov eax, 0
        mov dr7, eax
        mov dr6, eax
        mov dword [BUF], 0x11111111
        mov dword [BUF+4], 0x22222222
        mov [s_x0], eax
        ret

; the way out: the debug registers are read and put to rest before the record is sent
leave_it:
        mov eax, dr6
        mov [s_x0], eax
        xor eax, eax
        mov dr7, eax
        mov dr6, eax
        jmp run_back

main:
        mov dword [v_goon], leave_it
        BEFORE clear
        SHOW S_EAX|S_ECX|S_VEC|S_EIP|S_X0
        BEGIN "execution"
        mov eax, .a + BASE
        mov dr0, eax
        mov eax, 1
        mov dr7, eax
        mov ecx, 1
.a:     mov ecx, 2
        END
        EXPECT s_vec, 1
        EXPECT s_ecx, 1
        EXPECT s_x0, 0xffff0ff1
        BEGIN "execution, not enabled"
        mov eax, .a + BASE
        mov dr0, eax
        mov eax, 4
        mov dr7, eax
        mov ecx, 1
.a:     mov ecx, 2
        mov eax, 0
        mov dr7, eax
        END
        EXPECT s_vec, -1
        EXPECT s_ecx, 2
        BEGIN "execution, dr3, global"
        mov eax, .a + BASE
        mov dr3, eax
        mov eax, 0x80
        mov dr7, eax
        mov ecx, 1
.a:     mov ecx, 2
        END
        EXPECT s_vec, 1
        EXPECT s_ecx, 1
        EXPECT s_x0, 0xffff0ff8
        FINISH
